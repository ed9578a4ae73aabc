"""The dialog Send Test Message: its fields, and the steps of a test, which the session keeps for
the page that comes after it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold import widgets

from notifications.backends.explanations.explain import Explanation, explain
from notifications.backends.microsoft.clouds import EMULATOR
from notifications.i18n import translated
from notifications.message.addresses import AddressError, bare_address, parse_address
from notifications.models import Attempt
from notifications.queue.trial import Step, StepCode, StepState

_FIELDS = ("test_recipient", "test_from")


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A step of a test in the reader's language."""

    name: str
    state: str
    detail: str = ""
    entry: Attempt | None = None

    @property
    def recipient(self) -> str:
        """Return the address of whoever gets the test."""
        return bare_address(self.entry.recipients) if self.entry else ""

    @property
    def practice_mailbox(self) -> str:
        """Return the address of the page on which the test can be read, "" without practice."""
        is_practice = settings.CLOUD == EMULATOR and bool(self.recipient)
        mailbox = quote(self.recipient, safe="@")
        return f"{settings.EMULATOR_PAGES_URL}/mailboxes/{mailbox}" if is_practice else ""

    @property
    def explanation(self) -> Explanation | None:
        """Explain the answer of a test that failed."""
        entry = self.entry
        if entry is None or self.state != StepState.FAILED:
            return None
        return explain(
            entry.answer,
            submitted=entry.submitted,
            from_=entry.from_address,
            account=entry.account,
            by_hand=True,
            translate=gettext,
        )


class TrialForm(forms.Form):
    """Send Test Message. The fields' names do not clash with the settings'."""

    test_recipient = forms.CharField(
        label=_("Recipient"),
        max_length=400,
        error_messages={"required": _("Enter the address to send the test message to.")},
        widget=widgets.UnfoldAdminTextInputWidget({"autocomplete": "email"}),
    )
    test_from = forms.CharField(
        label=_("From (optional)"),
        required=False,
        max_length=400,
        widget=widgets.UnfoldAdminTextInputWidget,
        help_text=_("Microsoft offers no other way to check a delegation than to send."),
    )

    def clean_test_recipient(self) -> Any:
        return self._parsed("test_recipient")

    def clean_test_from(self) -> str:
        return str(self._parsed("test_from")) if self.cleaned_data["test_from"] else ""

    def _parsed(self, name: str) -> Any:
        try:
            return parse_address(self.cleaned_data[name])
        except AddressError as error:
            raise forms.ValidationError(translated(error, gettext)) from error


def new_form(request: HttpRequest, typed: dict[str, Any]) -> TrialForm:
    """The fields have what was typed into them before, else the user's own address as the
    recipient."""
    own = {"test_recipient": getattr(request.user, "email", "")}
    return TrialForm(initial=own | {n: typed[n] for n in _FIELDS if typed.get(n)})


def last_states(steps: Iterable[ShownStep]) -> list[ShownStep]:
    """Return each step in its last state, in order."""
    return list({step.name: step for step in steps}.values())


def is_sent(step: ShownStep) -> bool:
    """Say whether the step ends a test that went out."""
    return step.entry is not None and step.state == StepState.DONE


def in_words(step: Step) -> ShownStep:
    return ShownStep(
        name=_name(step), state=step.state.value, detail=_detail(step), entry=step.entry
    )


def _name(step: Step) -> str:
    return {
        StepCode.GET_TOKEN: gettext("Get an access token"),
        StepCode.OPEN_MAILBOX: gettext("Open the mailbox"),
        StepCode.SEND: gettext("Send the message"),
        StepCode.FIND_WORKER: gettext("Worker ready to send with these settings"),
        StepCode.SENT: gettext("Test message has been sent"),
    }[step.code]


def _detail(step: Step) -> str:
    if not step.mailbox_checked:
        return gettext("Not checked: the permission Mail.Send alone does not allow it.")
    if step.obstacle:
        return f"{step.obstacle.text} {step.obstacle.what_to_do}"
    is_accepted = step.code is StepCode.SEND and step.state is StepState.DONE
    return gettext("Accepted by Microsoft") if is_accepted else ""


def kept_steps(steps: Iterable[ShownStep]) -> list[dict[str, Any]]:
    """The steps as JSON, with the number of the log entry."""
    return [
        {
            "name": step.name,
            "state": step.state,
            "detail": step.detail,
            "entry": step.entry.pk if step.entry else None,
        }
        for step in steps
    ]


def restored_steps(rows: Iterable[dict[str, Any]]) -> list[ShownStep]:
    return [_restored(row) for row in rows]


def _restored(row: dict[str, Any]) -> ShownStep:
    entry = Attempt.objects.filter(pk=row["entry"]).first() if row["entry"] else None
    return ShownStep(row["name"], row["state"], row["detail"], entry)
