"""One request to E-mail > Settings: what it works on, and how it is answered. Nothing here calls
Microsoft."""

from dataclasses import asdict
from datetime import UTC
from functools import cached_property
from typing import Any, cast

from csp.decorators import csp_update
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.backends.errors import Answer
from notifications.backends.explanations.explain import explain
from notifications.mailbox.connection import Connection
from notifications.models import AlarmChannel, SignInDraft
from notifications.models.settings import Service, SettingsValues
from notifications.queue import waiting

from . import cautions, drafts, steps
from .account import section as account_section
from .application import section as application_section
from .forms import EmailSettingsForm
from .trial_dialog import is_sent, new_form, restored_steps

# What an action leaves in the session for the page that comes after it.
_OUTCOME = "settings_outcome"
_LONGEST = 10  # digits of a limit


class SettingsPage:
    """`state` is what the request speaks of; `form` has what was typed, else what is saved."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.may_change = request.user.has_perm("notifications.change_emailsettings")
        self.state = drafts.load(request)
        self.form = self._sent_form() if request.method == "POST" else self._first_form()

    def _sent_form(self) -> EmailSettingsForm:
        form = EmailSettingsForm(self.request.POST, self.request.FILES, state=self.state)
        form.full_clean()
        if self.state.is_draft_gone:
            # Else an action would go on with what is saved, as if that were what the page shows.
            form.add_error(None, _draft_gone_text())
        return form

    def _first_form(self) -> EmailSettingsForm:
        state = self.state
        saved = {**asdict(state.stored), **dict.fromkeys(drafts.SECRETS, "")}
        saved["version"] = state.settings.version
        initial = dict(saved if state.typed is None else state.typed)
        return EmailSettingsForm(initial=initial, state=state)

    @cached_property
    def values(self) -> SettingsValues:
        """What was sent with the request, as far as it is valid."""
        return self.form.values()

    @cached_property
    def connection(self) -> Connection:
        """What an action connects with: the values on the page, saved or not."""
        return Connection.of(self.values)

    @property
    def has_unsaved(self) -> bool:
        """Whether Save would change something."""
        if self.state.is_pending:
            return True
        if not self.form.is_bound:
            return self.state.is_changed
        return not self.form.is_valid() or self.values != self.state.settings.values()

    @property
    def has_new_secret(self) -> bool:
        """Whether Save would put another secret into effect: one that was typed now, or one of
        the draft."""
        return self.form.has_new_secret() or bool(self.state.pending)

    def keep_form(self, *, values: SettingsValues | None = None, **sign_in: Any) -> SignInDraft:
        """Keep what was typed for a later request, or `values` with it; `sign_in` is what
        drafts.keep takes of one."""
        is_changed = values is not None or self.has_unsaved
        return drafts.keep(
            self.request, values or self.values, before=self.state, is_changed=is_changed, **sign_in
        )

    def back(self, *, anchor: str = "", **outcome: Any) -> HttpResponse:
        """Redirect to the page after an action. It has what was typed, and shows the outcome
        once: a reload does not act again."""
        leave_outcome(self.request, **outcome)
        return redirect(page_address(self.keep_form() if self.has_unsaved else None, anchor=anchor))

    def refuse(self, status: int = 422, **outcome: Any) -> HttpResponse:
        """Show the page with the form's errors. A typed secret is not sent back to the browser,
        so it is kept here."""
        if self.form.has_new_secret():
            self.state = drafts.with_draft(self.state.settings, self.keep_form())
        return self.show(status, **outcome)

    def show(self, status: int = 200, **outcome: Any) -> HttpResponse:
        """Show the page, and what the action before it has left; `outcome` goes before that."""
        left = self.request.session.pop(_OUTCOME, {})
        context = {
            **admin.site.each_context(self.request),
            "title": _("E-mail > Settings"),
            **self._context(),
            "test_form": new_form(self.request, self.state.typed or {}),
            **_shown_outcome({**left, **outcome}),
        }
        response = render(self.request, "settings_ui/email_settings.html", context, status=status)
        # Else the browser blocks the redirect of Sign in to Microsoft's page.
        clouds = self.state.connection.possible_clouds
        origins = sorted(cloud.browser_origin for cloud in clouds)
        allowed = csp_update({"form-action": origins})(lambda _request: response)(self.request)
        return cast(HttpResponse, allowed)

    def _context(self) -> dict[str, Any]:
        state, shown = self.state, Connection.of(_shown_values(self.form))
        now = timezone.now()
        waits = waiting.read(Connection.of(state.settings.values()).cloud.key, now=now)
        in_application = application_section.context(state, shown, host=self.request.get_host())
        in_account = account_section.context(state, shown, waits=waits)
        return {
            "form": self.form,
            "state": state,
            "may_change": self.may_change,
            "fixed": self.form.fixed,
            "unsaved": self.has_unsaved,
            "shown": shown.values,
            "waits": waits,
            **self._left(),
            **in_application,
            **in_account,
            "steps": steps.steps(
                state,
                lacking=in_account["lacking"],
                mended_at=in_account["mended_at"],
                is_practice_left=in_application["is_practice_left"],
                unsaved=self.has_unsaved,
            ),
            "no_service": shown.values.service == Service.NONE,
            **cautions.context(state, shown, today=now.astimezone(UTC).date()),
            "alarm_channels": AlarmChannel.objects.in_use().count(),
        }

    def _left(self) -> dict[str, Any]:
        """Offer the changes that the person has left unsaved."""
        left = drafts.offered(self.request, self.state) if self.may_change else None
        anchor = "account" if left and left.is_pending else ""
        address = page_address(left.draft, anchor=anchor) if left else ""
        return {"left": left, "continue_url": address}


def _draft_gone_text() -> str:
    return _(
        "A sign-in or secret that you had not saved yet is gone: it is kept for an hour, and no "
        "longer than until you click Save or Discard in another tab. If you had signed in or "
        "entered a secret, do so again. Everything else you typed is still here."
    )


def leave_outcome(request: HttpRequest, **outcome: Any) -> None:
    """Keep it for the page that is shown next. It must be JSON."""
    request.session[_OUTCOME] = outcome


def page_address(draft: SignInDraft | None, *, anchor: str = "") -> str:
    """The address of the page, with what is kept in the draft."""
    query = f"?draft={draft.pk}" if draft else ""
    return reverse("email_settings") + query + (f"#{anchor}" if anchor else "")


def _shown_outcome(outcome: dict[str, Any]) -> dict[str, Any]:
    """`failure` is Microsoft's answer to a sign-in or a check."""
    failure = Answer(**outcome["failure"]) if outcome.get("failure") else None
    steps = restored_steps(outcome.get("test_steps", []))
    return {
        **outcome,
        "failure": failure,
        "failure_explained": explain(failure, by_hand=True, translate=_) if failure else None,
        "test_steps": steps,
        "test_result": next((step for step in steps if step.entry), None),
        "test_sent": any(map(is_sent, steps)),
    }


def _shown_values(form: EmailSettingsForm) -> SettingsValues:
    """The few values that the page's texts depend on, as they stand in the form, valid or not."""

    def text(name: str) -> str:
        return str(form[name].value() or "")

    def number(name: str) -> int | None:
        typed = text(name)
        is_number = typed.isascii() and typed.isdecimal() and len(typed) < _LONGEST
        return int(typed) if is_number else None

    return SettingsValues(
        service=text("service"),
        from_address=text("from_address"),
        api=text("api") or form.stored.api,
        cloud=form.stored.cloud,
        last_cloud=form.stored.last_cloud,
        credential=text("credential"),
        delegation=bool(form["delegation"].value()),
        protection=bool(form["protection"].value()),
        limit_attachments=bool(form["limit_attachments"].value()),
        attachment_limit_mb=number("attachment_limit_mb"),
        messages_a_minute=number("messages_a_minute") or 0,
    )
