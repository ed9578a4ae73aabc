"""The dialog Send Test Message: its fields, and the steps of a test, which the session keeps for
the page that comes after it."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold import widgets

from notifications.backends.explanations.explain import explain
from notifications.i18n import translated
from notifications.message.addresses import AddressError, parse_address
from notifications.models import Attempt
from notifications.queue.trial import Step

_FIELDS = ("test_recipient", "test_from")


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
        help_text=_("Sending is the only check of a delegation that Microsoft allows."),
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
    """With what was typed into it before, else with the user's own address as the recipient."""
    own = {"test_recipient": getattr(request.user, "email", "")}
    return TrialForm(initial=own | {n: typed[n] for n in _FIELDS if typed.get(n)})


def last_states(steps: Iterable[Step]) -> list[Step]:
    """Each step in its last state, in order."""
    return list({str(step.name): step for step in steps}.values())


def is_sent(step: Step) -> bool:
    """Whether it ends a test that went out."""
    return step.entry is not None and step.state == "done"


def kept_steps(steps: Iterable[Step]) -> list[dict[str, Any]]:
    """As JSON; the log entry by its number."""
    return [
        {
            "name": str(step.name),
            "state": step.state,
            "detail": str(step.detail),
            "entry": step.entry.pk if step.entry else None,
        }
        for step in steps
    ]


def restored_steps(rows: Iterable[dict[str, Any]]) -> list[Step]:
    return [_restored(row) for row in rows]


def _restored(row: dict[str, Any]) -> Step:
    entry = Attempt.objects.filter(pk=row["entry"]).first() if row["entry"] else None
    failed = entry is not None and row["state"] == "failed"
    explanation = (
        explain(entry.answer, from_=entry.from_address, account=entry.account, translate=gettext)
        if entry and failed
        else None
    )
    return Step(row["name"], row["state"], row["detail"], entry, explanation)
