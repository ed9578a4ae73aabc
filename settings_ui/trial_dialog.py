"""The fields of the dialog Send Test Message."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold import widgets

from notifications.i18n import translated
from notifications.message.addresses import AddressError, parse_address

_FIELDS = ("test_recipient", "test_from")


class TestMessageForm(forms.Form):
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


def new_form(request: HttpRequest, typed: dict[str, Any]) -> TestMessageForm:
    """With what was typed into it before, else with the user's own address as the recipient."""
    own = {"test_recipient": getattr(request.user, "email", "")}
    return TestMessageForm(initial=own | {n: typed[n] for n in _FIELDS if typed.get(n)})
