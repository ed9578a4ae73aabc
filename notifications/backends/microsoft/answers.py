"""Who an HTTP answer is from, and what it says.

A proxy, a filter, a login page or a gateway answers with the same statuses as Microsoft. No status
is believed before the answer has shown that it is Microsoft's: by an id in Microsoft's shape, and
an error by the code in the shape of its service (graph/answers.py, ews/answers.py, entra_http.py).
"""

import html
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import requests

from notifications.backends.errors import Answer, line

UNEXPECTED = "UnexpectedAnswer"
PROXY_AUTHENTICATION = 407
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_DATE = re.compile(r"[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT")
_MARKUP = re.compile(r"<!--.*?-->|<(script|style)\b.*?</\1\s*>|<[^>]*>", re.DOTALL | re.IGNORECASE)
_TOKEN = re.compile(r"(token=)[^\s&\"'<>]+", re.IGNORECASE)
_ORIGIN = re.compile(r"https?://[^/?#\s@]{1,200}")
_LOOKED_AT, _FIRST_WORDS = 4000, 300


def request_id(response: requests.Response) -> str:
    """Return the id that Microsoft gave the request, or "" if there is none in its shape."""
    given = response.headers.get("request-id", "")
    return given if _GUID.fullmatch(given) else ""


def ids_of(response: requests.Response) -> Answer:
    """Return the answer without words: an accepted message has none, and a search takes time."""
    return Answer(
        status=response.status_code,
        request_id=response.headers.get("request-id", ""),
        client_request_id=_ours(response),
    )


def has_id(response: requests.Response) -> bool:
    """Say whether the answer has an id of Microsoft's, or repeats the one that we sent."""
    ours = _ours(response)
    return bool(request_id(response)) or ours == response.headers.get("client-request-id") != ""


def json_object(response: requests.Response) -> dict[str, Any]:
    """Return the JSON object of the body, or an empty one if it is anything else."""
    try:
        found = json.loads(response.content)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def unexpected(response: requests.Response, message: str = "") -> Answer:
    """Return the answer for what is not Microsoft's, or not what Microsoft answers, with its first
    words. They say who answered; a token of an address that they repeat is left out."""
    code = "ProxyNeedsPassword" if response.status_code == PROXY_AUTHENTICATION else UNEXPECTED
    ids = ids_of(response)
    return Answer(
        ids.status, code, message or _first_words(response), ids.request_id, ids.client_request_id
    )


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """Read Retry-After: seconds, also with a fraction, or an HTTP date (RFC 9110 10.2.3). A list,
    which proxies make of several headers, means its longest time."""
    return max(_waits(str(headers.get("Retry-After", ""))), default=None)


def _waits(value: str) -> Iterator[timedelta]:
    for each in value[:_LOOKED_AT].split(","):
        try:
            yield timedelta(seconds=float(each))
        except (ValueError, OverflowError):
            continue
    for date in _DATE.findall(value[:_LOOKED_AT]):
        try:
            yield parsedate_to_datetime(date) - datetime.now(UTC)
        except (ValueError, OverflowError):
            continue


def _ours(response: requests.Response) -> str:
    return str(response.request.headers.get("client-request-id") or "")


def _first_words(response: requests.Response) -> str:
    kind = response.headers.get("Content-Type", "").partition(";")[0]
    text = response.content[:_LOOKED_AT].decode(errors="replace")
    words = " ".join(html.unescape(_MARKUP.sub(" ", text)).split())
    told = [f"HTTP {response.status_code}", kind, _leads_to(response), words[:_FIRST_WORDS]]
    return line(_TOKEN.sub(r"\1…", ", ".join(filter(None, told))), _LOOKED_AT)


def _leads_to(response: requests.Response) -> str:
    """Return the host of a redirect: the whole address may have a token."""
    found = _ORIGIN.match(response.headers.get("Location", ""))
    return f"to {found[0]}" if found else ""
