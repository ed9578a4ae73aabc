"""Signed calls to the outside. The one place that calls addresses which people have typed.

What asks for the proxy imports requests, so it is imported for a call (PLC0415): what only notes
one, or puts a message into the queue, needs none of it.
"""

import base64
import http.client
import re
import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from django.conf import settings

from notifications.i18n import gettext_noop as _
from notifications.i18n import storable

from . import signature
from .public_addresses import is_public

TIMEOUT = 10.0  # seconds, for each step of connecting and each piece of an answer
LONGEST_CALL = 30.0  # seconds; whoever answers byte by byte shall not keep others waiting
_LOCAL = frozenset(["localhost", "127.0.0.1", "::1"])
_TUNNEL_REFUSED = re.compile(r"Tunnel connection failed: (\d+)")
_PRIVATE = storable(
    _(
        "The address leads into a private network. Allow that with "
        "MAILCONNECTOR_CALLBACKS_TO_PRIVATE_ADDRESSES=yes."
    )
)
_NOT_AN_ADDRESS = storable(_("This is not an address."))
_NOT_A_FULL_ADDRESS = storable(
    _("Enter a full address, such as https://desk.contoso.example/mail-callback.")
)
_NOT_HTTPS = storable(_("Only https is possible (http for localhost)."))
_HAS_PASSWORD = storable(_("The address may not contain a user name or password."))
_PORT = storable(_("Only port 443 and those above 1024 are called."))
_HTTPS, _LAST_LOW_PORT = 443, 1024
_REDIRECTED = storable(_("Redirects are not followed."))
_PROXY_NOT_HTTP = storable(_("HTTPS_PROXY must be an address with http://."))
_PROXY_SILENT = storable(_("The proxy cannot be reached."))
_ANSWERED = storable(_("It answered %(status)s."))
_PROXY_ANSWERED = storable(_("The proxy answered %(status)s."))


class _TargetRefused(Exception):  # noqa: N818 - reads as what it is
    """str() says why the address is not called."""


@dataclass(frozen=True, slots=True)
class CallResult:
    """`error` is "" where the other side took the call; `status` 0 where it did not answer."""

    status: int
    error: str = ""


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
    if parts.scheme != "https" and not (parts.scheme == "http" and host in _LOCAL):
        return _NOT_HTTPS
    if "@" in parts.netloc:
        return _HAS_PASSWORD
    return _place_problem(host, port)


def _place_problem(host: str, port: int | None) -> str:
    if host in _LOCAL:
        return "" if settings.CALLBACKS_TO_PRIVATE_ADDRESSES else _PRIVATE
    if _leads_inside(_in_numbers(host.rstrip("."))):
        return _PRIVATE
    # Below are mail and shells, which nobody shall be able to knock at from here.
    return "" if port in (None, _HTTPS) or port > _LAST_LOW_PORT else _PORT


def is_same_receiver(url: str, other: str) -> bool:
    """Say whether both are of one receiver: a secret that one was given is not for another."""
    return _receiver(url) == _receiver(other)


def _receiver(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or (_HTTPS if parts.scheme == "https" else 80)


def shown_address(url: str) -> str:
    """For people who may not change it: its path and query may be what lets a caller in."""
    return f"{urlsplit(url).scheme}://{urlsplit(url).netloc}/…"


def call(url: str, body: bytes, *, event_id: str, secret: str, now: datetime) -> CallResult:
    """POST the JSON, signed. Never raises for what the other side does; follows no redirect."""
    if problem := target_problem(url):
        return CallResult(0, problem)
    from notifications.backends import network  # noqa: PLC0415

    headers = {
        "Content-Type": "application/json",
        "User-Agent": network.USER_AGENT,
        **signature.headers(event_id, body, secret=secret, now=now),
        "Connection": "close",
    }
    parts = urlsplit(url)
    proxy = network.proxy_url(url) if parts.scheme == "https" else ""
    try:
        status = _post(parts, body, headers, proxy=proxy)
    except _TargetRefused as error:
        return CallResult(0, str(error))
    except ssl.SSLError as error:
        return CallResult(0, f"TLS: {error.reason or error}")
    except (OSError, http.client.HTTPException, ValueError) as error:  # ValueError: a bad port
        # Only its kind: the whole text may contain the address, which may contain a token.
        told = error.strerror if isinstance(error, OSError) and error.strerror else ""
        return CallResult(0, told or type(error).__name__)
    return CallResult(status, _status_problem(status))


def _status_problem(status: int) -> str:
    if status // 100 == 2:  # noqa: PLR2004 - the 2 of 2xx
        return ""
    if status // 100 == 3:  # noqa: PLR2004 - redirects
        return _REDIRECTED
    return _ANSWERED % {"status": status}


def _post(parts: SplitResult, body: bytes, headers: dict[str, str], *, proxy: str) -> int:
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT)
    plain = _by_proxy(urlsplit(proxy), host, port) if proxy else _directly(host, port)
    try:
        with plain, _at_most(LONGEST_CALL, plain):
            # Set, so that nothing is resolved a second time and to something else.
            connection.sock = plain
            if parts.scheme == "https":
                connection.sock = _tls().wrap_socket(plain, server_hostname=host)
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", path, body, headers)
            return connection.getresponse().status
    finally:
        connection.close()


@contextmanager
def _at_most(seconds: float, sock: socket.socket) -> Iterator[None]:
    """Raises TimeoutError where what is done with the connection takes longer: a socket's own
    time-out begins anew with each byte."""
    is_over = threading.Event()
    # wrap_socket() takes the file descriptor away from a socket; this one stays.
    with sock.dup() as same:

        def end() -> None:
            is_over.set()
            with suppress(OSError):  # the other side was faster
                same.shutdown(socket.SHUT_RDWR)

        timer = threading.Timer(seconds, end)
        timer.start()
        try:
            yield
        except (OSError, http.client.HTTPException):
            if not is_over.is_set():
                raise
        finally:
            timer.cancel()
            timer.join()
        if is_over.is_set():
            raise TimeoutError


def _directly(host: str, port: int) -> socket.socket:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    if _leads_inside(found):
        raise _TargetRefused(_PRIVATE)
    return socket.create_connection((str(found[0][4][0]), port), timeout=TIMEOUT)


def _by_proxy(proxy: SplitResult, host: str, port: int) -> socket.socket:
    """The proxy looks names up, so it alone can keep private networks out by name."""
    if proxy.scheme != "http" or not proxy.hostname:
        raise _TargetRefused(_PROXY_NOT_HTTP)
    headers = {}
    if proxy.username:
        both = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}".encode()
        headers["Proxy-Authorization"] = f"Basic {base64.b64encode(both).decode()}"
    tunnel = http.client.HTTPConnection(proxy.hostname, proxy.port or 80, timeout=TIMEOUT)
    tunnel.set_tunnel(host, port, headers)
    try:
        tunnel.connect()
    except OSError as error:
        tunnel.close()
        why = _TUNNEL_REFUSED.search(str(error))
        told = _PROXY_ANSWERED % {"status": why[1]} if why else _PROXY_SILENT
        raise _TargetRefused(told) from None
    connected: socket.socket = tunnel.sock
    return connected


def _tls() -> ssl.SSLContext:
    context = ssl.create_default_context()
    if settings.CA_BUNDLE and Path(settings.CA_BUNDLE).exists():
        context.load_verify_locations(settings.CA_BUNDLE)
    return context


def _leads_inside(found: Sequence[tuple[Any, ...]]) -> bool:
    if settings.CALLBACKS_TO_PRIVATE_ADDRESSES:
        return False
    return not all(is_public(str(address[0])) for *_kind, address in found)


def _in_numbers(host: str) -> Sequence[tuple[Any, ...]]:
    """Return the address that a host is in any way of writing it in numbers, else nothing."""
    try:
        return socket.getaddrinfo(host, None, flags=socket.AI_NUMERICHOST)
    except (socket.gaierror, UnicodeError):
        return []
