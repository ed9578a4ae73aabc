"""One pooled HTTPS session to Graph; what goes wrong on it becomes a SendError here."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from threading import BoundedSemaphore
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies

from notifications.errors import Answer
from notifications.explanations import error_for

from .network import network_code, network_message

# Exchange Online takes 4 requests at once for a mailbox ("Microsoft Graph service-specific
# throttling limits", Outlook).
MOST_REQUESTS_AT_ONCE = 4
# Seconds to connect and between two bytes of an answer. Exchange takes up to a minute
# for a large message.
TIMEOUT = (10.0, 90.0)
_MESSAGE_LENGTH = 2000


class GraphHttp:
    """Thread-safe. `token` returns a valid access token; `verify` is a CA bundle or True."""

    def __init__(
        self,
        base_url: str,
        *,
        token: Callable[[], str],
        verify: str | bool = True,
        timeout: tuple[float, float] = TIMEOUT,
    ) -> None:
        self._base_url = base_url
        self._token = token
        self._timeout = timeout
        self._slots = BoundedSemaphore(MOST_REQUESTS_AT_ONCE)
        # Given with each request: requests lets REQUESTS_CA_BUNDLE override a session's.
        self._verify = verify
        self._session = requests.Session()
        # The environment is read once, for its proxies, and not with each request; a .netrc
        # would even replace our Authorization header.
        self._session.trust_env = False
        self._session.proxies = get_environ_proxies(base_url)
        self._session.mount("https://", HTTPAdapter(pool_maxsize=MOST_REQUESTS_AT_ONCE))

    def call(
        self,
        method: str,
        path: str,
        *,
        expect: tuple[int, ...],
        mime: bytes | None = None,
        json: dict[str, Any] | None = None,
        submits: bool = False,
    ) -> requests.Response:
        """One request; its response if the status is expected, else the SendError it means.

        `submits` says that the request asks Exchange to send, so that a missing answer
        leaves a doubt.
        """
        headers = {
            "Authorization": f"Bearer {self._token()}",
            "Prefer": 'IdType="ImmutableId"',
        }
        if mime is not None:
            headers["Content-Type"] = "text/plain"
        url = self._base_url + path
        response = self._request(method, url, headers, submits=submits, data=mime, json=json)
        return _expected(response, expect, submits=submits)

    def put_range(self, url: str, data: bytes, first: int, total: int) -> requests.Response:
        """A piece of a file to an upload session, whose address is its own credential."""
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Range": f"bytes {first}-{first + len(data) - 1}/{total}",
        }
        return _expected(self._request("PUT", url, headers, data=data), (200, 201, 202))

    def get_progress(self, url: str) -> requests.Response:
        """How far an upload session has come."""
        return _expected(self._request("GET", url, {}), (200,))

    def _request(
        self, method: str, url: str, headers: dict[str, str], *, submits: bool = False, **body: Any
    ) -> requests.Response:
        ours = str(uuid.uuid4())
        with self._slots:
            try:
                return self._session.request(
                    method,
                    url,
                    headers={**headers, "client-request-id": ours},
                    timeout=self._timeout,
                    verify=self._verify,
                    allow_redirects=False,
                    **body,
                )
            except OSError as error:  # requests' errors, and a CA bundle that is not there
                answer = Answer(
                    code=network_code(error),
                    message=network_message(error),
                    client_request_id=ours,
                )
                raise error_for(answer, submitted=submits) from error

    def close(self) -> None:
        self._session.close()


def _expected(
    response: requests.Response, expect: tuple[int, ...], *, submits: bool = False
) -> requests.Response:
    if response.status_code in expect:
        return response
    raise error_for(
        answer_of(response), submitted=submits, retry_after=retry_after(response.headers)
    )


def answer_of(response: requests.Response) -> Answer:
    """Microsoft's own words, in Graph's error shape where the body has it."""
    code, message = "", ""
    try:
        error = response.json()["error"]
        code, message = str(error["code"]), str(error.get("message", ""))
    except (ValueError, KeyError, TypeError):
        message = response.text[:_MESSAGE_LENGTH].strip()
    if response.ok or response.is_redirect:
        code = "UnexpectedAnswer"
    return Answer(
        status=response.status_code,
        code=code,
        message=message[:_MESSAGE_LENGTH],
        request_id=response.headers.get("request-id", ""),
        client_request_id=str(response.request.headers.get("client-request-id") or ""),
    )


def retry_after(headers: Any) -> timedelta | None:
    """The header Retry-After: seconds, also with a fraction, or an HTTP date (RFC 9110 10.2.3)."""
    value = str(headers.get("Retry-After", "")).strip()
    try:
        return timedelta(seconds=float(value))
    except (ValueError, OverflowError):
        pass
    try:
        return parsedate_to_datetime(value) - datetime.now(UTC)
    except (ValueError, TypeError):
        return None
