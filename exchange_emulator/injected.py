"""The answers that a fault gives in the emulator's place."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from starlette.responses import Response

from exchange_emulator.control.faults import Fault
from exchange_emulator.ews import soap
from exchange_emulator.graph.answers import error_body


def answer(fault: Fault, path: str) -> Response:
    headers = {"request-id": str(uuid4()), **fault.headers}
    if fault.retry_after is not None:
        headers["Retry-After"] = str(fault.retry_after)
    if fault.kind in _SHAPED:
        return _SHAPED[fault.kind](fault)
    if isinstance(fault.body, dict | list):
        return _json(fault.body, fault.status, headers)
    if fault.body is None and fault.status >= 400 and path.startswith("/v1.0/"):  # noqa: PLR2004
        return _json(error_body(*_usual(fault.status)), fault.status, headers)
    return Response(fault.body or "", status_code=fault.status, headers=headers)


def _json(body: Any, status: int, headers: dict[str, str]) -> Response:
    return Response(
        json.dumps(body), status_code=status, headers=headers, media_type="application/json"
    )


def _usual(status: int) -> tuple[str, str]:
    """The code that Graph most often gives with a status."""
    known = {
        429: ("ApplicationThrottled", "Application is over its MailboxConcurrency limit."),
        401: ("InvalidAuthenticationToken", "Access token has expired or is not yet valid."),
        403: ("ErrorAccessDenied", "Access is denied. Check credentials and try again."),
        413: ("ErrorMessageSizeExceeded",
              "The message exceeds the maximum supported size."),
        503: ("serviceNotAvailable", "The service is temporarily unavailable."),
        504: ("UnknownError", ""),
    }  # fmt: skip
    return known.get(status, ("ErrorInternalServerError", "An internal server error occurred."))


def _throttled(fault: Fault) -> Response:
    text = "Application is over its MailboxConcurrency limit."
    retry_after = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    return _json(error_body("ApplicationThrottled", text), 429, retry_after)


_SHAPED: dict[str, Callable[[Fault], Response]] = {
    "throttled": _throttled,
    "server-busy": lambda fault: soap.server_busy(fault.back_off_ms),
    "server-busy-in-response": lambda fault: soap.server_busy_in_response(
        fault.operation or "CreateItem", fault.back_off_ms
    ),
    "ews-blocked": lambda _: soap.blocked(),
}
