"""What Graph's answers say, and which of them are Graph's.

Sources: "Microsoft Graph error responses and resource types"; recorded answers have `request-id`
and `client-request-id` with every status.
"""

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

import requests

from notifications.backends.errors import Answer, AuthError, SendError, TransientError
from notifications.backends.explanations.explain import error_for
from notifications.backends.microsoft.answers import (
    has_id,
    ids_of,
    json_object,
    retry_after,
    unexpected,
)

T = TypeVar("T")
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.]{0,99}")
# A session that is gone, or that has come further than we know.
_NOT_AS_IT_WAS = frozenset({404, 410, 416})
_UNAUTHORIZED, _TOO_MANY, _SERVER_ERROR = 401, 429, 500
# Mail has no other times.
_FIRST_YEAR, _LAST_YEAR = 1970, 2999
# The code of ours for a session's address that is no longer good.
UPLOAD_REFUSED = "UploadRefused"
_LONGEST_ID = 4000  # an upload's address has a token of a thousand characters


def expected(
    response: requests.Response, expect: tuple[int, ...], *, submits: bool = False
) -> requests.Response:
    """Return the response if it is Graph's and has one of these statuses, else raise its error."""
    if response.status_code in expect and (has_id(response) or _has_context(response)):
        return response
    raise error_for(
        answer_of(response), submitted=submits, retry_after=retry_after(response.headers)
    )


def of_upload(response: requests.Response, expect: tuple[int, ...]) -> requests.Response:
    """Do the same for the address of an upload, which is its own credential: a refusal concerns
    neither the account nor the message, and a new session gets a new address."""
    if response.status_code in expect:
        return response
    answer = answer_of(response)
    error = error_for(answer, submitted=False, retry_after=retry_after(response.headers))
    if isinstance(error, AuthError) or answer.status in _NOT_AS_IT_WAS:
        said = f"{answer.code}: {answer.message}"
        error = TransientError(replace(answer, code=UPLOAD_REFUSED, message=said))
    raise error


def moment(value: object) -> datetime | None:
    """Return a time of Graph's in UTC, or None for what is none, or lies where no mail does."""
    try:
        found = datetime.fromisoformat(str(value))
        found = (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found if _FIRST_YEAR <= found.year <= _LAST_YEAR else None


def answer_of(response: requests.Response) -> Answer:
    """Return Graph's own words, or the first ones of whoever answered instead."""
    error = json_object(response).get("error")
    error = error if isinstance(error, dict) else {}
    named, message = error.get("code"), error.get("message", "")
    code = named if isinstance(named, str) and _CODE.fullmatch(named) else ""
    if response.status_code < 400 or not _is_graphs(response, code, error):  # noqa: PLR2004 - HTTP
        return unexpected(response)
    if response.status_code == _UNAUTHORIZED:
        code = code or "InvalidAuthenticationToken"
    said = ids_of(response) if code else unexpected(response)
    return replace(said, code=code, message=message if code else said.message)


def read(response: requests.Response, name: str, kind: type[T]) -> T:
    """Return a field of Graph's JSON; raise the error of an unexpected answer for any other."""
    found = json_object(response).get(name)
    if not isinstance(found, kind):
        raise unreadable(response)
    return found


def read_id(response: requests.Response, name: str) -> str:
    """Return an id or an address, which goes into requests and into the database."""
    found = read(response, name, str)
    if not found or len(found) > _LONGEST_ID or not (found.isascii() and found.isprintable()):
        raise unreadable(response)
    return found


def unreadable(response: requests.Response) -> SendError:
    return error_for(unexpected(response), submitted=False)


def _is_graphs(response: requests.Response, code: str, error: dict[str, Any]) -> bool:
    """Say whether an error is Graph's. Its gateway answers 429 and 5xx with any body, and an empty
    401 is believed without an id, because it costs one renewal of the token at the most."""
    if not response.content and response.status_code == _UNAUTHORIZED:
        return True
    if not has_id(response) and not _is_inner_id(error):
        return False
    status = response.status_code
    return bool(code) or status == _TOO_MANY or status >= _SERVER_ERROR


def _has_context(response: requests.Response) -> bool:
    return isinstance(json_object(response).get("@odata.context"), str)


def _is_inner_id(error: dict[str, Any]) -> bool:
    inner = error.get("innerError") or error.get("innererror")
    return isinstance(inner, dict) and isinstance(inner.get("request-id"), str)
