"""Limits on wrong passwords, for a name and for a client address.

django-axes counts in the database, so that the limits hold across all web processes.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from math import ceil
from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth import authenticate, logout
from django.contrib.auth.models import User
from django.db.models import Max, Sum
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import ngettext

_FORWARDED = ("HTTP_X_FORWARDED", "HTTP_FORWARDED", "HTTP_VIA", "HTTP_X_REAL_IP")
_LONGEST_NAME = 150  # characters, as of a user
# Wrong passwords until the wait begins. Somebody who has forgotten theirs does not stop the
# office behind the same address; guessing from many addresses, or one password for many
# names, is slow as well.
LIMITS = (
    (("username", "ip_address"), settings.AXES_FAILURE_LIMIT),
    (("username",), 50),
    (("ip_address",), 100),
)


def username_of(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """Return by which name tries are counted: that of a user, else a digest of what was typed.
    People type passwords into this field."""
    typed = str((credentials or {}).get("username") or request.POST.get("username", ""))
    if "\0" not in typed and User.objects.filter(username=typed[: _LONGEST_NAME + 1]).exists():
        return typed
    digest = salted_hmac("mailconnector.login", typed.encode(errors="replace"), algorithm="sha256")
    return digest.hexdigest()


def told_in_log(_name: str, address: str | None, _agent: str, path: str, _request: Any) -> str:
    """Return what axes writes into the log of who has tried: people type passwords into the field
    of the name. The audit trail's line names users."""
    return f"{address or 'an unknown address'} at {path}"


class Throttle(AxesDatabaseHandler):
    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """The failures of the limit that is nearest, as a share of AXES_FAILURE_LIMIT. Strangers
        cannot keep an emergency account from whoever sits at this machine."""
        if _is_emergency_here(request, credentials or {}):
            return 0
        return max(
            failures * settings.AXES_FAILURE_LIMIT // limit
            for failures, limit, _latest in _counted(request, credentials or {})
        )


def _is_emergency_here(request: HttpRequest, credentials: dict[str, Any]) -> bool:
    if settings.PASSWORD_LOGIN or not is_here(request):
        return False
    name = username_of(request, credentials)
    return User.objects.filter(username=name, is_superuser=True).exists()


def is_here(request: HttpRequest) -> bool:
    """Say whether the request was made on this machine itself, and by no proxy on it."""
    address = _parsed(request.META.get("REMOTE_ADDR", ""))
    is_forwarded = any(name.startswith(_FORWARDED) for name in request.META)
    return address is not None and address.is_loopback and not is_forwarded


def wait(request: HttpRequest, credentials: dict[str, Any]) -> tuple[int, str]:
    """Return how long to wait after too many wrong passwords: in seconds, and in words."""
    seconds = _seconds_left(request, credentials)
    minutes = ceil(seconds / 60)
    text = ngettext(
        "Too many wrong passwords. Try again in %(n)d minute.",
        "Too many wrong passwords. Try again in %(n)d minutes.",
        minutes,
    ) % {"n": minutes}
    return seconds, text


def changes_own_password(request: HttpRequest) -> bool:
    """Say whether somebody who is logged in has sent the form of Django's Change password."""
    match = request.resolver_match
    is_form = match and match.view_name == "admin:password_change" and request.method == "POST"
    return bool(is_form) and request.user.is_authenticated


class OwnPassword:
    """Middleware: count a wrong old password of Change password as one of a login. Django's form
    does not, so whoever has taken over a session could try as many as they liked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        if not changes_own_password(request):
            return
        credentials = {
            "username": request.user.get_username(),
            "password": request.POST.get("old_password", ""),
        }
        was_closed = not AxesProxyHandler.is_allowed(request, credentials)
        authenticate(request, **credentials)  # axes counts, and its middleware answers
        if was_closed:
            logout(request)


def _counted(request: Any, credentials: dict[str, Any]) -> list[tuple[int, int, datetime | None]]:
    """Return the failures, their limit and the time of the latest one, for each of LIMITS."""
    values = {
        "username": username_of(request, credentials),
        "ip_address": request.axes_ip_address,
    }
    recent = AccessAttempt.objects.filter(attempt_time__gte=get_cool_off_threshold(request))
    found = []
    for names, limit in LIMITS:
        mine = recent.filter(**{name: values[name] for name in names}).order_by()
        sums = mine.aggregate(failures=Sum("failures_since_start"), latest=Max("attempt_time"))
        found.append((sums["failures"] or 0, limit, sums["latest"]))
    return found


def _seconds_left(request: HttpRequest, credentials: dict[str, Any]) -> int:
    """Return how long to wait, at least 1 s. Tries made during the wait are not counted."""
    now = timezone.now()
    ends = [
        latest + settings.AXES_COOLOFF_TIME
        for failures, limit, latest in _counted(request, credentials)
        if latest and failures >= limit
    ]
    left = max(ends, default=now) - now
    return max(1, ceil(left / timedelta(seconds=1)))


ClientAddress = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
_IPV6_PREFIX = 64  # a provider gives a whole /64 to one line


def client_address(request: HttpRequest) -> str | None:
    """Return the caller's address, or its network for IPv6, in which wrong passwords count."""
    found = caller_of(request)
    if isinstance(found, IPv6Address):
        return str(ip_network((found, _IPV6_PREFIX), strict=False).network_address)
    return str(found) if found else None


def caller_of(request: HttpRequest) -> ClientAddress | None:
    """Return the last address before our own proxies. It is None where it is unknown, as behind a
    Unix socket without a header."""
    nearest = _parsed(request.META.get("REMOTE_ADDR", ""))
    hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    return _first_stranger(nearest, hops, settings.TRUSTED_PROXIES)


def _first_stranger(
    nearest: ClientAddress | None, hops: list[str], trusted: Iterable[Network]
) -> ClientAddress | None:
    """The first address that is no trusted proxy; each trusted one vouches for the one before."""
    networks = list(trusted)
    found = nearest
    for hop in reversed(hops):
        if found is None or not any(found in network for network in networks):
            return found
        earlier = _parsed(hop)
        if earlier is None:
            return found
        found = earlier
    return found


def _parsed(text: str) -> ClientAddress | None:
    """Some proxies add the port, and put IPv6 into brackets."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
