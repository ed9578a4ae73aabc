"""The form of a client, and what a client without sign-in must not be allowed."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from notifications.i18n import translated
from notifications.message.addresses import AddressError, parse_address
from notifications.models import SmtpClient
from notifications.models.smtp.client import Authentication, Recipients, entries

# The widest private networks in which everybody may hand in mail.
_WIDEST = {4: 24, 6: 64}
_LISTS = ("networks", "allowed_from", "domains")


class ClientForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = SmtpClient
        fields = (
            "name", "authentication", "networks", "allowed_from", "wrong_from",
            "allowed_recipients", "domains", "header_only", "recipients_a_day",
            "messages_a_minute", "expires_hours", "dry_run", "priority", "sensitive",
            "allow_plain", "enabled",
        )  # fmt: skip
        widgets = dict.fromkeys(_LISTS, UnfoldAdminTextInputWidget)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        recipients = self.fields.get("allowed_recipients")
        if recipients is not None and self.instance._state.adding:
            recipients.required = False
            self.initial["allowed_recipients"] = ""
            recipients.choices = [  # type: ignore[attr-defined]
                ("", _("Everybody, or our own domains without sign-in")),
                *Recipients.choices,
            ]

    def clean_networks(self) -> str:
        return self._checked("networks", _network)

    def clean_allowed_from(self) -> str:
        return self._checked("allowed_from", _address_or_domain)

    def clean_domains(self) -> str:
        return self._checked("domains", _domain)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        is_open = data.get("authentication") == Authentication.ADDRESS
        if not data.get("allowed_recipients"):
            data["allowed_recipients"] = Recipients.DOMAINS if is_open else Recipients.EVERYBODY
        if is_open and "networks" in data:
            self._check_open(entries(data["networks"]))
        return data

    def _check_open(self, networks: list[str]) -> None:
        if not networks:
            self.add_error("networks", gettext("Required without sign-in."))
        for entry in networks:
            if problem := _too_wide(ip_network(entry, strict=False)):
                self.add_error("networks", gettext(problem) % {"network": entry})

    def _checked(self, name: str, check: Any) -> str:
        found = entries(self.cleaned_data[name])
        for entry in found:
            check(entry)
        return ", ".join(found)


def _too_wide(network: IPv4Network | IPv6Network) -> str:
    """Say why nobody may hand in mail from all of a network without a password, or return ""."""
    if network.num_addresses == 1:
        return ""
    if not network.is_private:
        return gettext_noop(
            "%(network)s: only single public addresses can be used without sign-in."
        )
    if network.prefixlen < _WIDEST[network.version]:
        return gettext_noop(
            "%(network)s is too wide: at most /24 (IPv4) or /64 (IPv6) without sign-in."
        )
    return ""


def _network(entry: str) -> None:
    try:
        ip_network(entry, strict=False)
    except ValueError as error:
        text = gettext("“%(entry)s” is neither an address nor a network.")
        raise forms.ValidationError(text % {"entry": entry}) from error


def _address_or_domain(entry: str) -> None:
    try:
        parse_address(f"x{entry}" if entry.startswith("@") else entry)
    except AddressError as error:
        raise forms.ValidationError(translated(error, gettext)) from error


def _domain(entry: str) -> None:
    _address_or_domain("@" + entry.lstrip("@"))
