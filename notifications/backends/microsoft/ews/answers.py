"""What the answers of Exchange Web Services say, and which of them are Exchange's.

Sources: "ResponseCode", "EWS throttling in Exchange" and "Instrumenting client requests for EWS and
REST in Exchange" in Microsoft's EWS reference.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import requests

from notifications.backends.errors import Answer
from notifications.backends.microsoft.answers import (
    UNEXPECTED,
    has_id,
    ids_of,
    retry_after,
    unexpected,
)

# A SOAP envelope in which something is in Exchange's namespaces. A fault comes with status 500, an
# error of an item with 200.
_ENVELOPE = re.compile(
    rb"(\xef\xbb\xbf)?\s*(<\?xml[^>]{0,200}\?>\s*)?<([\w-]{1,30}:)?Envelope[\s>]"
)
_EXCHANGE = b"http://schemas.microsoft.com/exchange/services/2006/"
_CODE = re.compile(rb"<(?:[\w-]{1,30}:)?ResponseCode(?:\s[^>]{0,300})?>\s*([A-Za-z]\w{0,99})\s*<")
_FAULT_CODE = re.compile(rb"<faultcode(?:\s[^>]{0,300})?>\s*(?:[\w-]{1,30}:)?(Error\w{0,95})\s*<")
_TEXT = re.compile(rb"<(?:[\w-]{1,30}:)?(?:MessageText|faultstring)(?:\s[^>]{0,300})?>([^<]*)<")
_INNER_CODE = re.compile(rb'Name="InnerErrorResponseCode"\s*>\s*(Error\w{0,95})\s*<')
_BACK_OFF = re.compile(rb'Name="BackOffMilliseconds"\s*>\s*(\d{1,9})\s*<')
_DIAGNOSTICS = re.compile(r'(\d{7})\s*;\s*reason="([^"]*)')
_OF_EXCHANGE = (
    "x-feserver",
    "x-beserver",
    "x-diaginfo",
    "x-calculatedbetarget",
    "x-ms-diagnostics",
)
_OK, _UNAUTHORIZED, _FORBIDDEN, _FAULT = 200, 401, 403, 500
_NO_ERROR = "NoError"


@dataclass(frozen=True, slots=True)
class Heard:
    """What an answer says. Its code is "" if Exchange names no error, but success."""

    answer: Answer
    retry_after: timedelta | None = None
    is_for_exchangelib: bool = False


def hear(response: requests.Response) -> Heard:
    """Judge an answer and read its error before exchangelib sees it."""
    body = response.content
    if _ENVELOPE.match(body) and _EXCHANGE in body:
        is_readable = response.status_code in (_OK, _FAULT)
        wait = _back_off(body) or retry_after(response.headers)
        return Heard(_of_envelope(response), wait, is_for_exchangelib=is_readable)
    answer = _of_refusal(response) or unexpected(response)
    return Heard(answer, retry_after(response.headers))


def _of_envelope(response: requests.Response) -> Answer:
    body = response.content
    codes = [*_found(_CODE, body)] or [*_found(_FAULT_CODE, body), UNEXPECTED]
    code = next((code for code in codes if code != _NO_ERROR), "")
    if code == "ErrorInternalServerError":
        # It may hide a code that says more ("EWS throttling in Exchange").
        code = next(_found(_INNER_CODE, body), code)
    message = html.unescape(next(_found(_TEXT, body), ""))
    return replace(ids_of(response), code=code, message=message)


def _of_refusal(response: requests.Response) -> Answer | None:
    """Return the answer for a 401 or 403 of Exchange's, which is empty; its reason may stand in a
    header. An empty 401 is believed in any case, as it costs one renewal of the token at the most.
    """
    found = _DIAGNOSTICS.match(response.headers.get("x-ms-diagnostics", ""))
    said = replace(ids_of(response), message=found[2] if found else "")
    if response.status_code == _UNAUTHORIZED and (found or not response.content):
        return replace(said, code="InvalidAuthenticationToken")
    if response.status_code == _FORBIDDEN and found:
        return replace(said, code=found[1])
    if response.status_code == _FORBIDDEN and not response.content and _is_exchanges(response):
        return replace(said, code="EwsBlocked")
    return None


def _is_exchanges(response: requests.Response) -> bool:
    return has_id(response) or any(name in response.headers for name in _OF_EXCHANGE)


def _found(pattern: re.Pattern[bytes], body: bytes) -> Iterator[str]:
    return map(_decoded, pattern.findall(body))


def _decoded(found: bytes) -> str:
    return found.decode(errors="replace")


def _back_off(body: bytes) -> timedelta | None:
    found = _BACK_OFF.search(body)
    return timedelta(milliseconds=int(found[1])) if found else None
