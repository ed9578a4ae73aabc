"""Calls over HTTP to addresses that people have typed.

What asks for the proxy imports requests, so it is imported for a call (PLC0415): what only notes
one, or puts a message into the queue, needs none of it.
"""

import http.client
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import SplitResult, urlsplit

from notifications.i18n import gettext_noop as _
from notifications.i18n import storable

from . import connect, signature
from .connect import TargetRefused
from .target import target_problem

_REDIRECTED = storable(_("Redirects are not followed."))
_ANSWERED = storable(_("It answered %(status)s."))


@dataclass(frozen=True, slots=True)
class CallResult:
    """`error` is "" where the other side took the call; `status` 0 where it did not answer.
    `left_out` says who gets nothing although it took the call."""

    status: int
    error: str = ""
    left_out: str = ""


def call(url: str, body: bytes, *, event_id: str, secret: str, now: datetime) -> CallResult:
    """POST the JSON, signed. Never raises for what the other side does; follows no redirect."""
    return post(url, body, signature.headers(event_id, body, secret=secret, now=now))


def post(url: str, body: bytes, headers: Mapping[str, str] | None = None) -> CallResult:
    """POST the JSON as it is."""
    return _request("POST", url, body, {"Content-Type": "application/json", **(headers or {})})


def get(url: str) -> CallResult:
    return _request("GET", url, None, {})


def _request(method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> CallResult:
    if problem := target_problem(url):
        return CallResult(0, problem)
    from notifications.backends import network  # noqa: PLC0415

    sent = {"User-Agent": network.USER_AGENT, **headers, "Connection": "close"}
    parts = urlsplit(url)
    proxy = network.proxy_url(url) if parts.scheme == "https" else ""
    try:
        status = _status_of(method, parts, body, sent, proxy=proxy)
    except (OSError, http.client.HTTPException, ValueError, TargetRefused) as error:
        return CallResult(0, failure(error))
    return CallResult(status, _status_problem(status))


def failure(error: Exception) -> str:
    """Say why there was no answer. Of most errors only the kind: the whole text may contain the
    address, which may contain a token."""
    if isinstance(error, TargetRefused):
        return str(error)
    if isinstance(error, ssl.SSLError):
        return f"TLS: {error.reason or error}"
    told = error.strerror if isinstance(error, OSError) and error.strerror else ""
    return told or type(error).__name__


def _status_problem(status: int) -> str:
    if status // 100 == 2:  # noqa: PLR2004 - the 2 of 2xx
        return ""
    if status // 100 == 3:  # noqa: PLR2004 - redirects
        return _REDIRECTED
    return _ANSWERED % {"status": status}


def _status_of(
    method: str, parts: SplitResult, body: bytes | None, headers: dict[str, str], *, proxy: str
) -> int:
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    connection = http.client.HTTPConnection(host, port, timeout=connect.TIMEOUT)
    plain = connect.by_proxy(urlsplit(proxy), host, port) if proxy else connect.directly(host, port)
    try:
        with plain, connect.at_most(connect.LONGEST_CALL, plain):
            # Set, so that nothing is resolved a second time and to something else.
            connection.sock = plain
            if parts.scheme == "https":
                connection.sock = connect.tls().wrap_socket(plain, server_hostname=host)
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request(method, path, body, headers)
            return connection.getresponse().status
    finally:
        connection.close()
