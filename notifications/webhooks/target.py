"""Which addresses that people have typed may be called, as far as their text tells; and who
receives a call."""

from urllib.parse import urlsplit

from django.conf import settings

from mailconnector.checks import HERE
from notifications.i18n import gettext_noop as _
from notifications.i18n import storable

from .connect import PRIVATE, in_numbers, leads_inside

_NOT_AN_ADDRESS = storable(_("This is not an address."))
_NOT_A_FULL_ADDRESS = storable(
    _("Enter a full address, such as https://desk.contoso.example/mail-callback.")
)
_NOT_HTTPS = storable(_("Only https is possible (http for localhost)."))
_HAS_PASSWORD = storable(_("The address may not contain a user name or password."))
_PORT = storable(_("Only port 443 and those above 1024 are called."))
_HTTPS, _LAST_LOW_PORT = 443, 1024


def target_problem(url: str) -> str:
    """Why an address cannot be called, or "" if it can, as far as its text tells. In English,
    to be translated where it is shown."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return _NOT_AN_ADDRESS
    if not host or not url.isascii() or not url.isprintable() or " " in url:
        return _NOT_A_FULL_ADDRESS
    if parts.scheme != "https" and not (parts.scheme == "http" and host in HERE):
        return _NOT_HTTPS
    if "@" in parts.netloc:
        return _HAS_PASSWORD
    return _place_problem(host, port)


def _place_problem(host: str, port: int | None) -> str:
    if problem := host_problem(host):
        return problem
    if host in HERE:
        return ""
    # Below are mail and shells, which nobody shall be able to knock at from here.
    return "" if port in (None, _HTTPS) or port > _LAST_LOW_PORT else _PORT


def host_problem(host: str) -> str:
    """Why a host cannot be connected with, or "". One that is a name is looked up later."""
    if host in HERE:
        return "" if settings.CALLBACKS_TO_PRIVATE_ADDRESSES else PRIVATE
    return PRIVATE if leads_inside(in_numbers(host.rstrip("."))) else ""


def is_same_receiver(url: str, other: str) -> bool:
    """Say whether both are of one receiver: a secret that one was given is not for another."""
    return _receiver(url) == _receiver(other)


def _receiver(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or (_HTTPS if parts.scheme == "https" else 80)


def shown_address(url: str) -> str:
    """For people who may not change it: its path and query may be what lets a caller in."""
    return f"{urlsplit(url).scheme}://{urlsplit(url).netloc}/…"
