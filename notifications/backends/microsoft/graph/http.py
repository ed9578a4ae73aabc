"""Pooled HTTPS connections to Graph; every failure on them becomes a SendError here.

Most of the CPU of a requests Session goes into work that is not needed here (cookies, redirects,
.netrc, merging of defaults). So the requests go to its transport adapter.
"""

import json
import uuid
from collections.abc import Callable
from contextlib import closing
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.structures import CaseInsensitiveDict
from requests.utils import get_environ_proxies

from notifications.backends.explanations.explain import error_for
from notifications.backends.network import USER_AGENT, check_proxy, network_answer
from notifications.backends.tls import TlsAdapter

from .answers import expected, of_upload

# Exchange Online takes 4 requests at once for a mailbox ("Microsoft Graph service-specific
# throttling limits", Outlook).
MOST_REQUESTS_AT_ONCE = 4
# These are seconds to connect and between two bytes of an answer. Exchange takes up to a minute for
# a large message.
TIMEOUT = (10.0, 90.0)


class GraphHttp:
    """A thread-safe client. `token` returns a valid token; `verify` is a CA bundle or True."""

    def __init__(
        self,
        base_url: str,
        *,
        token: Callable[[], str],
        verify: str | bool = True,
        timeout: tuple[float, float] = TIMEOUT,
        at_once: int = MOST_REQUESTS_AT_ONCE,
    ) -> None:
        self._base_url = base_url
        self._token = token
        self._timeout = timeout
        self._slots = BoundedSemaphore(at_once)
        self._verify = verify
        # The environment is read for proxies once a host instead of with each request.
        self._proxies: dict[str, dict[str, str]] = {}
        self._adapter = TlsAdapter(pool_maxsize=MOST_REQUESTS_AT_ONCE)

    def call(
        self,
        method: str,
        path: str,
        *,
        expect: tuple[int, ...],
        mime: bytes | None = None,
        fields: dict[str, Any] | None = None,
        submits: bool = False,
        prefer: str = 'IdType="ImmutableId"',
    ) -> requests.Response:
        """Make a request; return its response if the status is expected, else raise the SendError.

        `submits` says that the request asks Exchange to send, so a missing answer leaves a doubt.
        """
        headers = {
            "Authorization": f"Bearer {self._token()}",
            "Prefer": prefer,
        }
        body = mime
        if mime is not None:
            headers["Content-Type"] = "text/plain"
        elif fields is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(fields).encode()
        url = self._base_url + path
        response = self._request(method, url, headers, submits=submits, body=body)
        return expected(response, expect, submits=submits)

    def path_of(self, link: object) -> str:
        """Return the path of a link to the next page, or "" for one that leads elsewhere: the token
        goes with each request."""
        is_ours = isinstance(link, str) and link.startswith(f"{self._base_url}/")
        return str(link)[len(self._base_url) :] if is_ours else ""

    def put_range(self, url: str, data: bytes, first: int, total: int) -> requests.Response:
        """Put a piece of a file into an upload session, whose address is its own credential."""
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Range": f"bytes {first}-{first + len(data) - 1}/{total}",
        }
        return of_upload(self._request("PUT", url, headers, body=data), (200, 201, 202))

    def get_progress(self, url: str) -> requests.Response:
        """Ask an upload session how far it has come."""
        return of_upload(self._request("GET", url, {}), (200,))

    def _request(
        self,
        method: str,
        url: str,
        headers: dict[str, str],
        *,
        submits: bool = False,
        body: bytes | None = None,
    ) -> requests.Response:
        ours = str(uuid.uuid4())
        headers = headers | {"client-request-id": ours, "User-Agent": USER_AGENT}
        request = _prepared(method, url, headers, body)
        with self._slots:
            try:
                response = self._adapter.send(
                    request,
                    timeout=self._timeout,
                    verify=self._verify,
                    proxies=self._proxies_for(url),
                )
                # This reads the body to its end, and so gives the connection back to the pool; one
                # that cannot be read closes it.
                with closing(response):
                    response.content  # noqa: B018
            except OSError as error:  # requests' errors, or a missing CA bundle
                answer = network_answer(error, client_request_id=ours)
                raise error_for(answer, submitted=submits) from error
        return response

    def _proxies_for(self, url: str) -> dict[str, str]:
        """Return a host's proxies; upload sessions have their own host, which NO_PROXY may name."""
        host = urlsplit(url).netloc
        if host not in self._proxies:
            check_proxy(url)
            self._proxies[host] = get_environ_proxies(url)
        return self._proxies[host]

    def close(self) -> None:
        self._adapter.close()


def _prepared(
    method: str, url: str, headers: dict[str, str], body: bytes | None
) -> requests.PreparedRequest:
    """Make a request; its `url` is already quoted."""
    request = requests.PreparedRequest()
    request.method, request.url, request.body = method, url, body
    if body is not None or method == "POST":
        headers["Content-Length"] = str(len(body or b""))
    request.headers = CaseInsensitiveDict(headers)
    return request
