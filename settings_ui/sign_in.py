"""Sign in / Change: to Microsoft and back, without losing what was typed."""

import hashlib
import secrets
from dataclasses import asdict
from hmac import compare_digest

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from notifications import vault
from notifications.audit.actors import person
from notifications.audit.record import Target, record
from notifications.backends.errors import Answer, AuthError, SendError
from notifications.backends.explanations.explain import EXPLANATIONS, sign_in_code
from notifications.backends.microsoft import entra
from notifications.mailbox import upkeep
from notifications.mailbox.connection import Connection
from notifications.models import EmailSettings, MicrosoftAccount, SignInDraft
from notifications.models.audit.act import Act
from notifications.models.sign_in import LIFETIME

from . import drafts
from .access import may_change
from .account.section import incomplete
from .application.section import redirect_uri
from .forms import EmailSettingsForm
from .settings_page import SettingsPage, leave_outcome, page_address

_BROWSER = "browser"  # in the flow of a draft


@may_change
def start(request: HttpRequest) -> HttpResponse:
    """Keep the form and go to Microsoft's page."""
    page = SettingsPage(request)
    if not page.form.is_valid_for_sign_in():
        return page.refuse()
    if page.connection.missing:
        page.form.add_error(None, incomplete(page.connection))
        return page.refuse()
    state = secrets.token_urlsafe(32)
    try:
        flow = entra.begin_sign_in(
            page.connection.application(),
            scopes=page.connection.permissions | page.connection.further_permissions,
            redirect_uri=redirect_uri(),
            state=state,
        )
    except SendError as error:
        return page.refuse(failure=asdict(error.answer))
    browser = request.COOKIES.get(settings.SIGN_IN_COOKIE_NAME) or secrets.token_urlsafe(32)
    page.keep_form(state=state, flow={**flow, _BROWSER: _digest(browser)})
    response = HttpResponseRedirect(flow["auth_uri"])
    response.set_cookie(
        settings.SIGN_IN_COOKIE_NAME,
        browser,
        max_age=LIFETIME,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


@require_GET
@never_cache
def callback(request: HttpRequest) -> HttpResponse:
    """Microsoft's page comes back to here, from a sign-in or from an admin's consent."""
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
        if not _is_of_this_browser(request, draft):
            raise AuthError(Answer(code="ForgedSignIn"))
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
    with transaction.atomic():
        _keep_account(draft, signed_in, cloud=connection.cloud.key)
        on = Target(MicrosoftAccount._meta.label_lower, draft.account_id, signed_in.address)
        record(Act.MAILBOX_SIGN_IN, person(request), on)
    return redirect(page_address(draft, anchor="account"))


def _is_of_this_browser(request: HttpRequest, draft: SignInDraft) -> bool:
    """Say whether the sign-in was started in this browser. The person alone is not enough: they may
    be logged in in somebody else's browser as well. A session may end meanwhile, so the browser has
    a cookie for this, and the draft its hash."""
    browser = request.COOKIES.get(settings.SIGN_IN_COOKIE_NAME, "")
    return compare_digest(str(drafts.flow_of(draft).get(_BROWSER, "")), _digest(browser))


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode(errors="replace")).hexdigest()


def _refuse(request: HttpRequest) -> HttpResponse:
    """A state that was used by its owner is a page opened twice: the form and the account of the
    first time are still there, and are shown again. One that was not used is too old; any other
    one is not ours."""
    known = SignInDraft.objects.filter(
        state=request.GET.get("state", ""), user_id=drafts.user_id(request)
    ).first()
    if known and not known.used_at:
        return _fail(request, Answer(code="SignInTooLate"), draft=None)
    if known and known.account:
        text = _("This sign-in was already used. It has worked: %(account)s is signed in.")
        messages.info(request, text % {"account": known.account.address})
        return redirect(page_address(known, anchor="account"))
    return _fail(request, Answer(code="AADSTS54005" if known else "ForgedSignIn"), draft=known)


def _connection(draft: SignInDraft) -> Connection:
    """Make the connection that the sign-in was started with; it may differ from what is saved.
    Raises UnreadableSecret if the key that the form was sealed with is gone."""
    SignInDraft.form.field.open(draft)
    state = drafts.with_draft(EmailSettings.objects.current(), draft)
    form = EmailSettingsForm(state.typed, state=state)
    form.full_clean()
    return Connection.of(form.values())


def _keep_account(draft: SignInDraft, signed_in: entra.SignedIn, *, cloud: str) -> None:
    now = timezone.now()
    earlier = draft.account_id
    draft.account = MicrosoftAccount.objects.create(
        tid=signed_in.tid,
        oid=signed_in.oid,
        address=signed_in.address,
        cloud=cloud,
        scopes=signed_in.scopes,
        cache=MicrosoftAccount.cache.field.seal(signed_in.cache),
        signed_in_at=now,
        signed_in_by=draft.user,
        renewed_at=now,
        bucket_at=now,
    )
    draft.save(update_fields=["account"])
    if earlier:
        # It may have been saved meanwhile, by another tab.
        upkeep.delete_unused([earlier])


def _fail(request: HttpRequest, answer: Answer, *, draft: SignInDraft | None) -> HttpResponse:
    """Go back to the page, with what was typed if we still know it; the account is unchanged."""
    place = "account" if draft else ""
    leave_outcome(request, failure=asdict(answer), failure_at=place)
    return redirect(page_address(draft, anchor=place))
