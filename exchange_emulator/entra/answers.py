"""Wrap an answer as Entra's login server does."""

import re
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from exchange_emulator.entra import errors
from exchange_emulator.entra.errors import EntraError
from exchange_emulator.world import World

_ID = re.compile(r"[\w-]{1,64}\Z", re.ASCII)
JSON = "application/json; charset=utf-8"
UNCACHED = {"Cache-Control": "no-store, no-cache", "Pragma": "no-cache", "Expires": "-1"}


def correlation_id(request: Request) -> str:
    """Return the client's own id if it sent one, because MSAL logs it; else make one."""
    given = request.headers.get("client-request-id")
    given = given or request.query_params.get("client-request-id") or ""
    return given if _ID.match(given) else str(uuid4())


def headers(request: Request) -> dict[str, str]:
    return {
        "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
        "X-Content-Type-Options": "nosniff",
        "X-XSS-Protection": "0",
        "P3P": 'CP="DSP CUR OTPi IND OTRi ONL FIN"',
        "Content-Type": JSON,
        "client-request-id": correlation_id(request),
        "x-ms-request-id": str(uuid4()),
        "x-ms-ests-server": "2.1.16209.3 - EMULATOR",
    }


def error_answer(request: Request, error: EntraError, *, status: int | None = None) -> Response:
    world: World = request.app.state.world
    answer = errors.body(error, now=world.clock.now(), correlation_id=correlation_id(request))
    diagnosis = {"x-ms-clitelem": f"1,{error.code},0,,"}
    return JSONResponse(
        answer,
        status_code=status or error.kind.status,
        headers=headers(request) | UNCACHED | diagnosis,
    )
