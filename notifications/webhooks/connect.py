"""Connections to the outside. A host is looked up once, private networks are refused, and nothing
lasts longer than it is allowed to."""

import base64
import http.client
import re
import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote

from django.conf import settings

from notifications.i18n import gettext_noop as _
from notifications.i18n import storable

from .public_addresses import is_public

TIMEOUT = 10.0  # seconds, for each step of connecting and each piece of an answer
LONGEST_CALL = 30.0  # seconds; whoever answers byte by byte shall not keep others waiting
_TUNNEL_REFUSED = re.compile(r"Tunnel connection failed: (\d+)")
PRIVATE = storable(
    _(
        "The address leads into a private network. Allow that with "
        "MAILCONNECTOR_CALLBACKS_TO_PRIVATE_ADDRESSES=yes."
    )
)
_PROXY_NOT_HTTP = storable(_("HTTPS_PROXY must be an address with http://."))
_PROXY_SILENT = storable(_("The proxy cannot be reached."))
_PROXY_ANSWERED = storable(_("The proxy answered %(status)s."))


class TargetRefused(Exception):  # noqa: N818 - reads as what it is
    """str() says why the address is not called."""


@contextmanager
def at_most(seconds: float, sock: socket.socket) -> Iterator[None]:
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


def directly(host: str, port: int) -> socket.socket:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    if leads_inside(found):
        raise TargetRefused(PRIVATE)
    return socket.create_connection((str(found[0][4][0]), port), timeout=TIMEOUT)


def by_proxy(proxy: SplitResult, host: str, port: int) -> socket.socket:
    """The proxy looks names up, so it alone can keep private networks out by name."""
    if proxy.scheme != "http" or not proxy.hostname:
        raise TargetRefused(_PROXY_NOT_HTTP)
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
        raise TargetRefused(told) from None
    connected: socket.socket = tunnel.sock
    return connected


def tls() -> ssl.SSLContext:
    context = ssl.create_default_context()
    if settings.CA_BUNDLE and Path(settings.CA_BUNDLE).exists():
        context.load_verify_locations(settings.CA_BUNDLE)
    return context


def leads_inside(found: Sequence[tuple[Any, ...]]) -> bool:
    if settings.CALLBACKS_TO_PRIVATE_ADDRESSES:
        return False
    return not all(is_public(str(address[0])) for *_kind, address in found)


def in_numbers(host: str) -> Sequence[tuple[Any, ...]]:
    """Return the address that a host is in any way of writing it in numbers, else nothing."""
    try:
        return socket.getaddrinfo(host, None, flags=socket.AI_NUMERICHOST)
    except (socket.gaierror, UnicodeError):
        return []
