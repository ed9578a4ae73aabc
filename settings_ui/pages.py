"""E-mail > Settings: show and save. It never calls Microsoft to render."""

from typing import Any, cast

from csp.decorators import csp_update
from django.contrib import admin, messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from notifications.backends.errors import Answer
from notifications.backends.explanations.explain import explain
from notifications.mailbox.connection import Connection
from notifications.mailbox.save import SavedMeanwhile, save_settings
from notifications.models import Notification
from notifications.models.status import Status
from notifications.webhooks.call import shown_address

from . import drafts, panel, redirect_uri
from .drafts import PageState
from .forms import EmailSettingsForm
from .trial_dialog import is_sent, new_form, restored_steps

# What an action leaves in the session for the page that comes after it
OUTCOME = "settings_outcome"


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
@permission_required("notifications.view_emailsettings", raise_exception=True)
def email_settings(request: HttpRequest) -> HttpResponse:
    """The page, and Save."""
    state = drafts.load(request)
    if request.method == "POST":
        return _save(request, state)
    if request.GET.get("draft") and state.draft is None:
        messages.warning(request, _("The unsaved form is gone: it is kept for an hour."))
    return render_page(request, state, unbound_form(state))


def unbound_form(state: PageState) -> EmailSettingsForm:
    """With what was typed before the sign-in, else with what is saved."""
    if state.typed is not None:
        return EmailSettingsForm(initial=state.typed, stored=state.stored)
    names = EmailSettingsForm.base_fields
    initial = {name: getattr(state.stored, name, None) for name in names}
    initial |= {**dict.fromkeys(drafts.SECRETS, ""), "version": state.settings.version}
    return EmailSettingsForm(initial=initial, stored=state.stored)


@permission_required("notifications.change_emailsettings", raise_exception=True)
def _save(request: HttpRequest, state: PageState) -> HttpResponse:
    form = EmailSettingsForm(request.POST, request.FILES, stored=state.stored)
    if not form.is_valid():
        return _refuse(request, form, status=422)
    try:
        save_settings(
            form.values(),
            state.account,
            version=form.cleaned_data["version"],
            user=request.user,  # type: ignore[arg-type]
        )
    except SavedMeanwhile as conflict:
        form.add_error(None, [_conflict_text(conflict), *_their_changes(conflict)])
        # The next Save is made knowing of the other one.
        form.data = {**request.POST.dict(), "version": str(conflict.row.version)}
        return _refuse(request, form, status=409)
    if state.draft:
        state.draft.delete()
    messages.success(request, _("The settings have been saved."))
    return redirect("email_settings")


def _refuse(request: HttpRequest, form: EmailSettingsForm, *, status: int) -> HttpResponse:
    """The page with the errors. A typed secret is not sent back, so it is kept here."""
    state = drafts.load(request)
    if form.has_new_secret():
        state = drafts.with_draft(state.settings, drafts.keep(request, form.values(), before=state))
    return render_page(request, state, form, status=status)


def has_unsaved(state: PageState, form: EmailSettingsForm) -> bool:
    """Whether Save would change something."""
    if not form.is_bound and state.typed is None:
        return state.is_pending
    typed = form if form.is_bound else EmailSettingsForm(state.typed, stored=state.stored)
    return state.is_pending or not typed.is_valid() or typed.values() != state.settings.values()


def back(
    request: HttpRequest, form: EmailSettingsForm, *, anchor: str = "", **outcome: Any
) -> HttpResponse:
    """To the page after an action, with what was typed. `outcome` is shown there once, as
    render_page takes it: a reload does not act again."""
    request.session[OUTCOME] = outcome
    address = reverse("email_settings")
    state = drafts.load(request)
    if has_unsaved(state, form):
        address += f"?draft={drafts.keep(request, form.values(), before=state).pk}"
    return redirect(address + (f"#{anchor}" if anchor else ""))


def render_page(
    request: HttpRequest,
    state: PageState,
    form: EmailSettingsForm,
    *,
    status: int = 200,
    failure: Answer | None = None,
    **extra: Any,
) -> HttpResponse:
    """The page with a form. `failure` is Microsoft's answer to a sign-in or a check."""
    outcome = request.session.pop(OUTCOME, {})
    failed = outcome.pop("failure", None)
    failure = failure or (Answer(**failed) if failed else None)
    steps = restored_steps(outcome.pop("test_steps", []))
    connection = Connection.of(state.stored)
    may_change = request.user.has_perm("notifications.change_emailsettings")
    if form.initial.get("alarm_url") and not may_change:
        form.initial["alarm_url"] = shown_address(form.initial["alarm_url"])
    context = {
        **admin.site.each_context(request),
        "title": _("E-mail > Settings"),
        "form": form,
        "state": state,
        "may_change": may_change,
        "fixed": form.fixed,
        "waiting": Notification.objects.filter(status=Status.PENDING).count(),
        "missing": connection.missing,
        "known_credentials": " ".join(connection.known_credentials),
        "incomplete": incomplete(connection.missing),
        "redirect_uri": redirect_uri.redirect_uri(),
        "redirect_uri_warning": redirect_uri.warning(request),
        "failure": failure,
        "failure_explained": explain(failure, translate=_) if failure else None,
        "unsaved": has_unsaved(state, form),
        **panel.context(state, form, connection),
        "test_form": new_form(request, state.typed or {}),
        "test_steps": steps,
        "test_sent": any(map(is_sent, steps)),
        **outcome,
        **extra,
    }
    response = render(request, "settings_ui/email_settings.html", context, status=status)
    # Else the browser blocks the redirect of Sign in to Microsoft's page.
    origins = sorted(cloud.browser_origin for cloud in connection.possible_clouds)
    allowed = csp_update({"form-action": origins})(lambda _request: response)(request)
    return cast(HttpResponse, allowed)


def incomplete(missing: list[str]) -> str:
    """Why Sign in is not possible yet, or ""."""
    if not missing:
        return ""
    return _("To sign in, complete the Microsoft Entra application first: %(missing)s.") % {
        "missing": ", ".join(missing)
    }


def _conflict_text(conflict: SavedMeanwhile) -> str:
    saved_at = conflict.row.saved_at
    return _(
        "%(who)s saved these settings at %(time)s, after you opened this page. What you typed is "
        "still here: compare, then click Save again to put it in place of theirs."
    ) % {
        "who": conflict.row.saved_by or _("Somebody else"),
        "time": f"{timezone.localtime(saved_at):%H:%M}" if saved_at else "?",
    }


def _their_changes(conflict: SavedMeanwhile) -> list[str]:
    return [
        _("%(field)s: %(value)s") % {"field": change.label, "value": change.new}
        for change in conflict.changes
    ]
