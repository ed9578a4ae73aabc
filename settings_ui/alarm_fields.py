"""The fields of the section Alarm."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold import widgets

from notifications.models.sealed.address import readable_part
from notifications.models.settings import SettingsValues
from notifications.webhooks import signature
from notifications.webhooks.call import is_same_receiver, target_problem

NAMES = frozenset(["alarm_url", "alarm_secret"])
_SHORTEST_SECRET = 16


class AlarmFields(forms.Form):
    stored: SettingsValues
    has_new_alarm_secret: bool  # one that was typed for this page and is not saved yet

    alarm_url = forms.CharField(
        required=False,
        max_length=500,
        widget=widgets.UnfoldAdminTextInputWidget(
            {"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}
        ),
        help_text=_(
            "Optional: called when mail has stopped or will soon, and again when that is over. "
            "E-mail cannot tell it."
        ),
    )
    alarm_secret = forms.CharField(
        required=False,
        max_length=1000,
        min_length=_SHORTEST_SECRET,
        widget=widgets.UnfoldAdminPasswordWidget(
            {"autocomplete": "new-password", "spellcheck": "false"}
        ),
        help_text=_(
            "The calls are signed with it; whoever receives them needs it too. What follows "
            "“whsec_” is read as base64, any other text as it stands (UTF-8)."
        ),
    )

    def clean_alarm_url(self) -> str:
        url: str = self.cleaned_data["alarm_url"]
        if url and (problem := target_problem(url)):
            raise forms.ValidationError(gettext(problem))
        return url

    def clean_alarm_secret(self) -> str:
        secret: str = self.cleaned_data["alarm_secret"]
        if problem := signature.secret_problem(secret):
            raise forms.ValidationError(gettext(problem))
        return secret

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        url = data.get("alarm_url")
        if not url or data.get("alarm_secret") or "alarm_secret" in self.errors:
            return data
        if not self.stored.alarm_secret:
            self.add_error("alarm_secret", _("Enter a secret, or let one be made."))
        elif not self.has_new_alarm_secret and not is_same_receiver(
            url, readable_part(self.stored.alarm_url)
        ):
            self.add_error(
                "alarm_secret",
                _("Another receiver needs a secret of its own: enter one, or let one be made."),
            )
        return data
