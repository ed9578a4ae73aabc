"""The form of a channel: the fields of its kind, checked as far as their text tells."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminPasswordWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from notifications.alarms.channels import smtp
from notifications.i18n import translated
from notifications.message.addresses import AddressError, parse_address, parse_addresses
from notifications.models import AlarmChannel
from notifications.models.alarms.alarm import AlarmCode
from notifications.models.alarms.channel import ChannelKind, SmtpSecurity
from notifications.models.sealed.address import readable_part
from notifications.webhooks import signature
from notifications.webhooks.target import host_problem, is_same_receiver, target_problem

_SHORTEST_SECRET = 16
_MOST_RECIPIENTS = 20
_LAST_LOW_PORT, _LAST_PORT = 1024, 65535
# The fields of each kind; those below are common to all.
FIELDS = {
    ChannelKind.WEBHOOK: ("alarm_url", "new_secret"),
    ChannelKind.TEAMS: ("alarm_url", "teams_content", "language"),
    ChannelKind.SMTP: (
        "smtp_host", "smtp_port", "smtp_security", "smtp_user", "new_password", "mail_from",
        "mail_to", "language",
    ),
}  # fmt: skip
_REQUIRED = ("alarm_url", "smtp_host", "smtp_port", "mail_from", "mail_to")
_URL_WIDGET = {"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}
_URL_HELP = {
    ChannelKind.WEBHOOK: _(
        "Called with JSON when mail stops or is about to stop, and again when it recovers. "
        "https is required (http for localhost)."
    ),
    ChannelKind.TEAMS: _(
        "In Teams, open the channel's menu, choose Workflows and the template for alerts from a "
        "webhook, then paste the address that it shows."
    ),
}


class ChannelForm(forms.ModelForm):  # type: ignore[type-arg]
    """A secret that is not typed again stays as it is stored."""

    language = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, widget=UnfoldAdminSelectWidget
    )
    new_secret = forms.CharField(
        label=_("Signing secret"),
        required=False,
        min_length=_SHORTEST_SECRET,
        max_length=1000,
        widget=UnfoldAdminPasswordWidget({"autocomplete": "new-password", "spellcheck": "false"}),
    )
    new_password = forms.CharField(
        label=_("Password"),
        required=False,
        strip=False,
        max_length=1000,
        widget=UnfoldAdminPasswordWidget({"autocomplete": "new-password"}),
    )
    alarms = forms.MultipleChoiceField(
        label=_("Alarms to report"),
        choices=AlarmCode.choices,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        error_messages={"required": _("Choose at least one alarm.")},
    )

    class Meta:
        model = AlarmChannel
        fields = (
            "name", "enabled", "alarm_url", "teams_content", "smtp_host", "smtp_port",
            "smtp_security", "smtp_user", "mail_from", "mail_to",
        )  # fmt: skip
        help_texts = {
            "smtp_host": _(
                "Of another provider: it must still work when mail from here has stopped."
            ),
            "smtp_port": _("587 for STARTTLS, 465 for TLS."),
            "mail_to": _("Separated by commas or semicolons."),
            "teams_content": _("Try the other one if nothing arrives in the channel."),
        }
        widgets = {
            "alarm_url": UnfoldAdminTextInputWidget(_URL_WIDGET),
            "mail_to": UnfoldAdminTextareaWidget({"rows": 2}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = ChannelKind(self.instance.kind)
        for names in FIELDS.values():
            for name in set(names) - set(FIELDS[self.kind]):
                self.fields.pop(name, None)
        for name in filter(self.fields.__contains__, _REQUIRED):
            self.fields[name].required = True
        if "alarm_url" in self.fields:
            self.fields["alarm_url"].help_text = _URL_HELP[self.kind]
        self.fields["alarms"].initial = [
            code for code in AlarmCode.values if code not in self.instance.left_out
        ]
        self._tell_of_secrets()

    def _tell_of_secrets(self) -> None:
        saved = _("Saved. Leave empty to keep it.")
        if "new_secret" in self.fields:
            new = _("Leave empty to generate one. It is shown once after saving.")
            self.fields["new_secret"].help_text = saved if self.instance.alarm_secret else new
        if "new_password" in self.fields and self.instance.smtp_password:
            self.fields["new_password"].help_text = saved

    def clean_alarm_url(self) -> str:
        url: str = self.cleaned_data["alarm_url"].strip()
        if url and (problem := target_problem(url)):
            raise forms.ValidationError(gettext(problem))
        return url

    def clean_new_secret(self) -> str:
        secret: str = self.cleaned_data["new_secret"]
        if problem := signature.secret_problem(secret):
            raise forms.ValidationError(gettext(problem))
        return secret

    def clean_smtp_host(self) -> str:
        host: str = self.cleaned_data["smtp_host"].strip()
        if not host.isascii() or not host.isprintable() or set(host) & set(" /@:"):
            raise forms.ValidationError(
                _("Enter the name of the server, such as smtp.contoso.example.")
            )
        if problem := host_problem(host):
            raise forms.ValidationError(gettext(problem))
        return host

    def clean_smtp_port(self) -> int:
        port: int = self.cleaned_data["smtp_port"]
        if port not in smtp.PORTS and not _LAST_LOW_PORT < port <= _LAST_PORT:
            raise forms.ValidationError(
                _("Only the ports 25, 465, 587 and those above 1024 are allowed.")
            )
        return port

    def clean_new_password(self) -> str:
        return _ascii(self.cleaned_data["new_password"])

    def clean_smtp_user(self) -> str:
        return _ascii(self.cleaned_data["smtp_user"].strip())

    def clean_mail_from(self) -> str:
        return _checked_addresses(self.cleaned_data["mail_from"], most=1)

    def clean_mail_to(self) -> str:
        return _checked_addresses(self.cleaned_data["mail_to"], most=_MOST_RECIPIENTS)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.kind == ChannelKind.SMTP:
            self._check_sign_in(data)
        return data

    def _check_sign_in(self, data: dict[str, Any]) -> None:
        """Passwords travel encrypted, and to the server that they are for."""
        if not data.get("smtp_user"):
            return
        if data.get("smtp_security") == SmtpSecurity.NONE:
            self.add_error(
                "smtp_security", _("A password is sent only encrypted: choose STARTTLS or TLS.")
            )
        if data.get("new_password"):
            return
        if not self.instance.smtp_password:
            self.add_error("new_password", _("Enter the password."))
        elif data.get("smtp_host") != self.initial.get("smtp_host"):
            self.add_error(
                "new_password", _("Enter the password again: it was for another server.")
            )

    @property
    def needs_new_secret(self) -> bool:
        """Another receiver does not get the signature that the former one trusts."""
        if self.kind != ChannelKind.WEBHOOK:
            return False
        former = readable_part(self.initial.get("alarm_url") or "")
        is_elsewhere = not is_same_receiver(former, self.cleaned_data["alarm_url"])
        return is_elsewhere or not self.instance.alarm_secret

    def left_out(self) -> list[str]:
        return [code for code in AlarmCode.values if code not in self.cleaned_data["alarms"]]


def _ascii(text: str) -> str:
    if not text.isascii():
        raise forms.ValidationError(
            _("Only letters without accents, digits and signs can be sent.")
        )
    return text


def _checked_addresses(text: str, *, most: int) -> str:
    try:
        found = parse_addresses(text) if most > 1 else [parse_address(text)]
    except AddressError as error:
        raise forms.ValidationError(translated(error, gettext)) from error
    if len(found) > most:
        raise forms.ValidationError(_("Enter at most %(most)d addresses.") % {"most": most})
    for address in found:
        _ascii(address.address)
    return ", ".join(map(str, found))
