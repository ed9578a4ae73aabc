"""Sign in / Change: to Microsoft and back, without losing what was typed."""

import secrets
from dataclasses import asdict

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from notifications import vault
from notifications.backends.errors import Answer, SendError
from notifications.backends.explanations.explain import EXPLANATIONS, sign_in_code
from notifications.backends.microsoft import entra
from notifications.mailbox.connection import Connection
from notifications.models import EmailSettings, MicrosoftAccount, SignInDraft

from . import drafts, pages
from .access import may_change
from .forms import EmailSettingsForm
from .redirect_uri import redirect_uri


@may_change
def start(request: HttpRequest) -> HttpResponse:
    """Keep the form and go to Microsoft's page."""
    state = drafts.load(request)
    form = EmailSettingsForm(request.POST, request.FILES, stored=state.stored)
    if not form.is_valid_for_sign_in():
        return pages.render_page(request, state, form, status=422)
    connection = Connection.of(form.values())
    if connection.missing:
        form.add_error(None, pages.incomplete(connection.missing))
        return pages.render_page(request, state, form, status=422)
    oauth_state = secrets.token_urlsafe(32)
    try:
        flow = entra.begin_sign_in(
            connection.application(),
            scopes=connection.permissions,
            redirect_uri=redirect_uri(),
            state=oauth_state,
        )
    except SendError as error:
        return pages.render_page(request, state, form, failure=error.answer, status=422)
    drafts.keep(request, form.values(), before=state, state=oauth_state, flow=flow)
    return HttpResponseRedirect(flow["auth_uri"])


@require_GET
@never_cache
def callback(request: HttpRequest) -> HttpResponse:
    """Where Microsoft's page comes back to: from a sign-in, or from an admin's consent."""
    if "admin_consent" in request.GET:
        return render(request, "settings_ui/consent.html", {"given": "error" not in request.GET})
    return _finish(request)


@login_required
@permission_required("notifications.change_emailsettings", raise_exception=True)
def _finish(request: HttpRequest) -> HttpResponse:
    draft = SignInDraft.objects.use_state(
        request.GET.get("state", ""), user_id=drafts.user_id(request), now=timezone.now()
    )
    if draft is None:
        return _refuse(request)
    if "error" in request.GET:
        description = request.GET.get("error_description", "")
        code = sign_in_code(request.GET["error"], description)
        if code not in EXPLANATIONS and not code.startswith("AADSTS"):
            code, description = "SignInRefused", f"{request.GET['error']}: {description}"
        return _fail(request, Answer(code=code, message=description[:2000]), draft=draft)
    if "code" not in request.GET:
        return _fail(request, Answer(code="ForgedSignIn"), draft=draft)
    try:
        connection = _connection(draft)
        signed_in = entra.finish_sign_in(
            connection.application(),
            drafts.flow_of(draft),
            request.GET.dict(),
            now=timezone.now(),
        )
    except vault.UnreadableSecret:
        return _fail(request, Answer(code="KeyMissing"), draft=None)
    except SendError as error:
        return _fail(request, error.answer, draft=draft)
    _keep_account(draft, signed_in, cloud=connection.cloud.key)
    return _back(draft)


def _refuse(request: HttpRequest) -> HttpResponse:
    """A state that was used by its owner is a page opened twice: the form and the account of the
    first time are still there. Any other one is not ours."""
    used = SignInDraft.objects.filter(
        state=request.GET.get("state", ""), user_id=drafts.user_id(request)
    ).first()
    return _fail(request, Answer(code="AADSTS54005" if used else "ForgedSignIn"), draft=used)


def _connection(draft: SignInDraft) -> Connection:
    """What the sign-in was started with; it may differ from what is saved. Raises
    UnreadableSecret where the key that the form was sealed with is gone."""
    vault.unseal(draft.form)
    state = drafts.with_draft(EmailSettings.objects.current(), draft)
    form = EmailSettingsForm(state.typed, stored=state.stored)
    form.full_clean()
    return Connection.of(form.values())


def _keep_account(draft: SignInDraft, signed_in: entra.SignedIn, *, cloud: str) -> None:
    now = timezone.now()
    earlier = draft.account
    draft.account = MicrosoftAccount.objects.create(
        tid=signed_in.tid,
        oid=signed_in.oid,
        address=signed_in.address,
        cloud=cloud,
        scopes=signed_in.scopes,
        cache=vault.seal(signed_in.cache),
        signed_in_at=now,
        signed_in_by=draft.user,
        renewed_at=now,
        bucket_at=now,
    )
    draft.save(update_fields=["account"])
    if earlier and not SignInDraft.objects.filter(account=earlier).exists():
        earlier.delete()


def _fail(request: HttpRequest, answer: Answer, *, draft: SignInDraft | None) -> HttpResponse:
    """Back to the page, with what was typed where we still know it; the account is unchanged."""
    request.session[pages.OUTCOME] = {"failure": asdict(answer)}
    return _back(draft)


def _back(draft: SignInDraft | None) -> HttpResponse:
    if draft is None:
        return redirect("email_settings")
    return redirect(f"{reverse('email_settings')}?draft={draft.pk}")
