"""Give the answers of faults in the emulator's place, each in the shape of its service."""

import json
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from exchange_emulator.control.faults import Fault
from exchange_emulator.entra import answers as entra_answers
from exchange_emulator.entra.errors import EntraError
from exchange_emulator.ews import access as ews_access
from exchange_emulator.ews import responses, soap
from exchange_emulator.graph import access, answers
from exchange_emulator.graph.access import RefusedError
from exchange_emulator.graph.known_errors import GRAPH_ERRORS

SERVER_ERROR = 500


def answer(fault: Fault, request: Request, *, area: str, operation: str = "") -> Response:
    """Answer as the fault says; `operation` is the one that an EWS request asks for."""
    made = _answer(fault, request, area, operation)
    if fault.retry_after is not None:
        made.headers["Retry-After"] = str(fault.retry_after)
    for name, value in fault.headers.items():
        made.headers[name] = value
    return made


def _answer(fault: Fault, request: Request, area: str, operation: str) -> Response:
    if fault.kind in _SHAPED:
        return _SHAPED[fault.kind](fault, operation)
    if fault.body is not None or (fault.kind == "answer" and fault.status < 400):  # noqa: PLR2004
        return _literal(fault, request, area)
    status = 429 if fault.kind == "throttled" else fault.status
    return _SERVICES[area](fault, request, status, operation)


def _literal(fault: Fault, request: Request, area: str) -> Response:
    """Answer with the body that the fault names, or with none."""
    if isinstance(fault.body, dict | list):
        text, kind = json.dumps(fault.body), "application/json"
        made = Response(text, status_code=fault.status, media_type=kind)
    else:
        made = Response(fault.body or "", status_code=fault.status)
    if area == "graph":
        made.headers.update(answers.headers(request.headers))
    return made


def of_graph(fault: Fault, request: Request, status: int, _: str = "") -> Response:
    code = fault.error_code or _usual(status)
    usual, text = GRAPH_ERRORS.get(code, (400, code))
    error = RefusedError(code, fault.error_message or text, status or usual)
    given = answers.headers(request.headers)
    made = access.refusal(request, error, given)
    made.headers.update(given)
    return made


def _usual(status: int) -> str:
    """Return the code that Graph's errors of this status mostly have."""
    other = "ErrorInternalServerError" if status >= SERVER_ERROR else "BadRequest"
    return _USUAL.get(status, other)


_USUAL = {
    401: "InvalidAuthenticationToken",
    403: "ErrorAccessDenied",
    404: "ResourceNotFound",
    413: "ErrorMessageSizeExceeded",
    429: "ApplicationThrottled",
    503: "serviceNotAvailable",
    504: "UnknownError",
}


def of_entra(fault: Fault, request: Request, status: int, _: str = "") -> Response:
    """Answer with JSON, as the token endpoint does; an outage is never a refused grant."""
    number = fault.aadsts or _aadsts(status)
    error = EntraError(number, at_token_endpoint=True)
    return entra_answers.error_answer(request, error, status=status or None)


def _aadsts(status: int) -> int:
    if status >= SERVER_ERROR or status == 429:  # noqa: PLR2004 - HTTP
        return 90033
    return {401: 7000215, 403: 53003}.get(status, 9002313)


def of_ews(fault: Fault, _: Request, status: int, operation: str) -> Response:
    """Answer a named error by a response message inside HTTP 200, or by a SOAP fault with 500."""
    if not fault.error_code:
        return _ews_status(status)
    text = fault.error_message or fault.error_code
    if status == SERVER_ERROR or operation not in responses.OPERATIONS:
        return soap.fault(fault.error_code, text)
    made = responses.error(operation, fault.error_code, text)
    made.status_code = status or made.status_code
    return made


def _ews_status(status: int) -> Response:
    """Answer as IIS and Exchange do: an empty 401 or 403, a fault, or http.sys's page."""
    if status == 401:  # noqa: PLR2004 - HTTP
        return ews_access.unauthorized()
    if status == 403:  # noqa: PLR2004 - HTTP
        return soap.blocked()
    if status == SERVER_ERROR:
        return soap.fault("ErrorInternalServerError", GRAPH_ERRORS["ErrorInternalServerError"][1])
    text = f"<HTML><BODY><h2>HTTP Error {status}.</h2></BODY></HTML>"
    return HTMLResponse(text, status_code=status, headers=soap.headers())


_SERVICES: dict[str, Callable[[Fault, Request, int, str], Response]] = {
    "graph": of_graph,
    "entra": of_entra,
    "ews": of_ews,
}


def _busy_in_response(fault: Fault, operation: str) -> Response:
    if operation not in responses.OPERATIONS:
        return soap.server_busy(fault.back_off_ms)
    values = soap.back_off(fault.back_off_ms)
    # Real answers have been seen with `m:MessageXml` here.
    more = f"<m:MessageXml>{values}</m:MessageXml>"
    return responses.error(operation, "ErrorServerBusy", soap.BUSY, message_xml=more)


_SHAPED: dict[str, Callable[[Fault, str], Response]] = {
    "server-busy": lambda fault, _: soap.server_busy(fault.back_off_ms),
    "server-busy-in-response": _busy_in_response,
    "ews-blocked": lambda *_: soap.blocked(),
}
