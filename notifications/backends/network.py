"""Codes for failures that brought no answer; they tell whether anything may have been written."""

import errno
import re
import socket
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

import requests
from requests.utils import get_environ_proxies, select_proxy
from urllib3.exceptions import NewConnectionError

from mailconnector import __version__

from .errors import Answer
from .tls import TlsAdapter

# Everybody who is called sees this; explanations/account.py tells administrators of it.
USER_AGENT = f"MailConnector/{__version__}"
# These are numbers of OpenSSL's X509_V_ERR_*.
_HOST_MISMATCHES = frozenset({62, 64})
_OUTSIDE_ITS_TIME = frozenset({9, 10})
# OpenSSL reports these for a server without TLS that we can use; nothing was written yet.
_NO_TLS = frozenset(
    {
        "WRONG_VERSION_NUMBER",
        "HTTP_REQUEST",
        "UNSUPPORTED_PROTOCOL",
        "SSLV3_ALERT_HANDSHAKE_FAILURE",
    }
)
_NO_ROUTE = frozenset({errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENETDOWN, errno.EHOSTDOWN})
_TUNNEL = re.compile(r"Tunnel connection failed: (\d+)")
_AUTHENTICATION_REQUIRED = "407"
_LENGTH = 300
# The name and password of a proxy end at the last @. A /, ? or # in them ends the address itself.
_PROXY = re.compile(
    r"([a-z][a-z0-9+.-]*://)?([^\s/?#]*@)?(\[[0-9a-f:.]+\]|[\w.-]+)?(:(?P<port>\d{1,5}))?(/[^\s@]*)?",
    re.IGNORECASE,
)
_HIGHEST_PORT = 65_535
_USER_INFO = re.compile(r"\S+@")


class UnreadableProxyError(requests.exceptions.InvalidProxyURL):
    """HTTPS_PROXY is no address, most often because a password in it is not percent-encoded."""


class Session(requests.Session):
    """One that looks at no redirect. Even where it may not follow them, requests reads the body of
    one twice, and of a body that is no Brotli, although it says so, urllib3 then raises an error of
    Brotli's own. And no answer of it takes for ever (tls.py)."""

    def __init__(self) -> None:
        super().__init__()
        self.mount("https://", TlsAdapter())

    def get_redirect_target(self, resp: requests.Response) -> None:
        return None


def network_answer(error: OSError, *, client_request_id: str = "") -> Answer:
    """Return the answer for an error that requests raised; explanations/network.py has its code."""
    return Answer(code=_code(error), message=_message(error), client_request_id=client_request_id)


def proxy_url(url: str) -> str:
    """Return the environment's proxy for a URL, perhaps with a password, or ""."""
    named = select_proxy(url, get_environ_proxies(url)) or ""
    return named if "://" in named or not named else f"http://{named}"


def check_proxy(url: str) -> None:
    """Raise UnreadableProxyError if the proxy for a URL cannot be read: libraries would take a part
    of its password for its host, and show it."""
    if not _is_readable(proxy_url(url)):
        raise UnreadableProxyError("HTTPS_PROXY is not an address")


def proxy_for(url: str) -> str:
    """Return host and port of that proxy, or the variable's name if they cannot be told from its
    password."""
    proxy = proxy_url(url)
    return urlsplit(proxy).netloc.rpartition("@")[2] if _is_readable(proxy) else "HTTPS_PROXY"


def _is_readable(proxy: str) -> bool:
    found = _PROXY.fullmatch(proxy)
    return found is not None and int(found["port"] or 0) <= _HIGHEST_PORT


def _code(error: OSError) -> str:
    if not isinstance(error, requests.RequestException):
        return "CertificateBundleMissing"
    causes = list(_causes(error))
    return (
        _proxy_code(error, causes)
        or _tls_code(causes)
        or _connecting_code(error, causes)
        or ("TimedOut" if isinstance(error, requests.exceptions.ReadTimeout) else "ConnectionLost")
    )


def _message(error: OSError) -> str:
    """Name the host, the proxy on the way, and the innermost reason: the outer texts repeat the
    URL, and with it a proxy's password."""
    *_outer, reason = _causes(error)
    text = _USER_INFO.sub("", str(reason).rpartition(": ")[2]) or type(reason).__name__
    request = getattr(error, "request", None)
    if request is None or not request.url:
        return f"{type(reason).__name__}: {text}"[:_LENGTH]
    way = urlsplit(request.url).hostname or ""
    if proxy := proxy_for(request.url):
        way = f"{way} by the proxy {proxy}"
    return f"{way}: {text}"[:_LENGTH]


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield the errors from the outermost to the innermost. __context__ is left out: it may be an
    error that was only being handled meanwhile."""
    inner: BaseException | None = error
    while inner is not None:
        yield inner
        nested = [inner.__cause__, getattr(inner, "reason", None), *reversed(inner.args)]
        inner = next((each for each in nested if isinstance(each, BaseException)), None)


def _proxy_code(error: requests.RequestException, causes: list[BaseException]) -> str:
    if isinstance(error, UnreadableProxyError):
        return "ProxyUnreadable"
    for cause in causes:
        if refused := _TUNNEL.match(str(cause)):
            asks = refused[1] == _AUTHENTICATION_REQUIRED
            return "ProxyNeedsPassword" if asks else "ProxyRefused"
    is_wrong_address = isinstance(
        error, requests.exceptions.InvalidProxyURL | requests.exceptions.InvalidSchema
    )
    if is_wrong_address or isinstance(error, requests.exceptions.ProxyError):
        return _tls_code(causes) or "ProxyUnreachable"
    return ""


def _tls_code(causes: list[BaseException]) -> str:
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            number = getattr(cause, "verify_code", 0)
            if number in _HOST_MISMATCHES:
                return "CertificateWrongHost"
            return "CertificateOutOfDate" if number in _OUTSIDE_ITS_TIME else "CertificateRefused"
        if isinstance(cause, ssl.SSLError) and cause.reason in _NO_TLS:
            return "TlsFailed"
    return ""


def _connecting_code(error: requests.RequestException, causes: list[BaseException]) -> str:
    """Return a code if the connection failed before anything could be written, else ""."""
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return "ConnectTimedOut"
    if not any(isinstance(cause, NewConnectionError) for cause in causes):
        return ""
    innermost = causes[-1]
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return "HostNotFound"
    if isinstance(innermost, ConnectionRefusedError):
        return "ConnectionRefused"
    return "NoRoute" if getattr(innermost, "errno", None) in _NO_ROUTE else "ConnectionFailed"
