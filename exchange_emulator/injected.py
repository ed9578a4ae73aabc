"""The answers that a fault gives in the emulator's place."""

import json
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from starlette.responses import Response

from exchange_emulator.control.faults import Fault
from exchange_emulator.entra import errors
from exchange_emulator.entra.errors import EntraError
from exchange_emulator.ews import soap
from exchange_emulator.graph.access import CHALLENGE
from exchange_emulator.graph.answers import error_body
from exchange_emulator.graph.known_errors import GRAPH_ERRORS


def answer(fault: Fault, path: str) -> Response:
    headers = {"request-id": str(uuid4()), **fault.headers}
    if fault.retry_after is not None:
        headers["Retry-After"] = str(fault.retry_after)
    if fault.kind in _SHAPED:
        return _SHAPED[fault.kind](fault)
    if isinstance(fault.body, dict | list):
        return _json(fault.body, fault.status, headers)
    if fault.kind == "error" or (fault.body is None and fault.status >= 400):  # noqa: PLR2004
        return _error(fault, path, headers)
    return Response(fault.body or "", status_code=fault.status, headers=headers)


def _json(body: Any, status: int, headers: dict[str, str]) -> Response:
    return Response(
        json.dumps(body), status_code=status, headers=headers, media_type="application/json"
    )


def _error(fault: Fault, path: str, headers: dict[str, str]) -> Response:
    """A named error, or the usual one of a status, in the shape of the service that is asked."""
    lower = path.lower()
    if lower.endswith("/token"):
        return _entra_error(int(fault.error_code or fault.code), headers)
    code = fault.error_code or _USUAL.get(fault.status, "ErrorInternalServerError")
    if lower == "/ews/exchange.asmx":
        text = fault.error_message or code
        return soap.error_in_response(fault.operation or "CreateItem", code, text)
    status, text = GRAPH_ERRORS.get(code, (400, code))
    body = error_body(code, fault.error_message or text)
    if code == "InvalidAuthenticationToken":
        headers = {**headers, "WWW-Authenticate": f"Bearer {CHALLENGE}"}
    return _json(body, fault.status or status, headers)


def _entra_error(number: int, headers: dict[str, str]) -> Response:
    error = EntraError(number)
    body = errors.body(error, now=time.time(), correlation_id=headers["request-id"])
    return _json(body, error.kind.status, headers | {"x-ms-clitelem": f"1,{number},0,,"})


_USUAL = {
    429: "ApplicationThrottled",
    401: "InvalidAuthenticationToken",
    403: "ErrorAccessDenied",
    413: "ErrorMessageSizeExceeded",
    503: "serviceNotAvailable",
    504: "UnknownError",
}


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
