"""Wrap an answer as Graph does: headers, JSON, errors ("Microsoft Graph error responses")."""

import json
from typing import Any
from uuid import uuid4

from starlette.datastructures import Headers
from starlette.responses import Response

from exchange_emulator.clock import iso

JSON = (
    "application/json; odata.metadata=minimal; odata.streaming=true; "
    "IEEE754Compatible=false; charset=utf-8"
)
# Every answer with a body has it, and no other.
VARY = {"Vary": "Accept-Encoding"}
_DIAGNOSTIC = json.dumps(
    {
        "ServerInfo": {
            "DataCenter": "Emulator",
            "Slice": "E",
            "Ring": "4",
            "ScaleUnit": "001",
            "RoleInstance": "EMULATOR",
        }
    },
    separators=(",", ":"),
)


def headers(request: Headers) -> dict[str, str]:
    """Return Graph's headers; `client-request-id` is the client's own, else `request-id`."""
    made = str(uuid4())
    return {
        "Cache-Control": "private",
        "Strict-Transport-Security": "max-age=31536000",
        "request-id": made,
        "client-request-id": request.get("client-request-id", made),
        "x-ms-ags-diagnostic": _DIAGNOSTIC,
    }


def error_body(
    code: str, text: str, *, now: float, request_id: str = "", client_request_id: str = ""
) -> dict[str, Any]:
    made = request_id or str(uuid4())
    return {
        "error": {
            "code": code,
            "message": text,
            "innerError": {
                "date": iso(now).removesuffix("Z"),
                "request-id": made,
                "client-request-id": client_request_id or made,
            },
        }
    }


def answer(body: Any, *, status: int = 200, location: str = "") -> Response:
    """Answer with JSON; whoever called the endpoint adds the `headers`."""
    made = Response(json.dumps(body, ensure_ascii=False), status_code=status, media_type=None)
    made.headers["Content-Type"] = JSON
    made.headers.update(VARY)
    if location:
        made.headers["Location"] = location
    return made


def accepted() -> Response:
    """Answer 202 with an explicit length and no type, as recorded."""
    return Response(status_code=202, headers={"Content-Length": "0"})


def error_answer(
    code: str, text: str, status: int, *, now: float, given: dict[str, str],
    more: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    body = error_body(
        code, text, now=now, request_id=given["request-id"],
        client_request_id=given["client-request-id"],
    )  # fmt: skip
    made = Response(json.dumps(body), status_code=status, media_type="application/json")
    made.headers.update(VARY | (more or {}))
    return made
