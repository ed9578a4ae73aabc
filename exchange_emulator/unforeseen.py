"""Answer what no route or endpoint foresaw, in the shape of its service."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from exchange_emulator.entra.answers import error_answer
from exchange_emulator.entra.errors import EntraError
from exchange_emulator.ews import soap
from exchange_emulator.graph import access, answers
from exchange_emulator.graph.access import RefusedError
from exchange_emulator.pages import e, page
from exchange_emulator.services import area_of

_INTERNAL = "An internal server error occurred. The operation failed."


async def failed(request: Request, _: Exception) -> Response:
    """Answer for a bug of the emulator; its traceback goes to stderr, the connection stays."""
    area = area_of(request.scope["path"])
    if area == "ews":
        return soap.fault("ErrorInternalServerError", _INTERNAL)
    if area == "entra":
        return error_answer(request, EntraError(90033), status=500)
    if area == "graph":
        return _of_graph(request, RefusedError("ErrorInternalServerError", _INTERNAL, 500))
    return _own(request, _INTERNAL, 500)


async def no_route(request: Request, error: Exception) -> Response:
    """Refuse a path or a method that is not there."""
    status = error.status_code if isinstance(error, HTTPException) else 400
    area, method = area_of(request.scope["path"]), request.method
    if area == "graph" and status == 404:  # noqa: PLR2004 - HTTP
        text = "Resource not found for the segment '{}'."
        segment = request.scope["path"].rpartition("/")[2]
        return _of_graph(request, RefusedError("BadRequest", text.format(segment), 400))
    if area == "graph":
        text = f"The HTTP method '{method}' is not supported for this resource."
        return _of_graph(request, RefusedError("UnknownError", text, status))
    if area == "entra" and status == 405:  # noqa: PLR2004 - HTTP
        return error_answer(request, EntraError(900561, method=method))
    if area == "entra" and status != 404:  # noqa: PLR2004 - HTTP
        return error_answer(request, EntraError(9002313), status=status)
    return _own(request, str(getattr(error, "detail", "")), status)


def _of_graph(request: Request, error: RefusedError) -> Response:
    given = answers.headers(request.headers)
    made = access.refusal(request, error, given)
    made.headers.update(given)
    return made


def _own(request: Request, text: str, status: int) -> Response:
    if request.scope["path"].startswith("/_emulator"):
        return JSONResponse({"error": text}, status_code=status)
    return page(text, f'<h1>{e(text)}</h1><p><a href="/">All mailboxes</a></p>', status=status)
