"""Answer POST /v1.0/$batch, which carries up to 20 requests.

They are carried out one after the other, each with the batch's own token.
Source: "Combine multiple HTTP requests using JSON batching".
"""

import base64
import json
from typing import Any
from urllib.parse import unquote

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Message, Scope

from exchange_emulator.graph import answers, bodies, validation
from exchange_emulator.graph.access import Call, needs
from exchange_emulator.graph.answers import error_body

MOST = 20
ANY_PERMISSION = ("Mail.Send", "Mail.ReadWrite", "Mail.Read", "Mail.ReadBasic", "User.Read")
_ITEM = {
    "id": "string",
    "method": "string",
    "url": "string",
    "headers": "any",
    "body": "any",
    "dependsOn": ["string"],
}


@needs(*ANY_PERMISSION, directory=True)
async def batch(call: Call) -> Response:
    given = await bodies.read_json(call)
    validation.object_of(given, {"requests": [_ITEM]}, named="batchRequest")
    requests = given.get("requests") or []
    _check(requests)
    done: dict[str, dict[str, Any]] = {}
    for each in requests:
        failed = [one for one in each.get("dependsOn") or [] if done[one]["status"] >= 400]  # noqa: PLR2004
        made = _failed_dependency(call, each) if failed else await _carry_out(call, each)
        done[each["id"]] = made
    return answers.answer({"responses": list(done.values())})


def _check(requests: list[dict[str, Any]]) -> None:
    if not 1 <= len(requests) <= MOST:
        raise validation.refused("Number of batch request steps is not 1 to 20.", code="BadRequest")
    seen: set[str] = set()
    for each in requests:
        if not all(each.get(name) for name in ("id", "method", "url")):
            raise validation.refused("A step needs id, method and url.", code="BadRequest")
        if not isinstance(each.get("headers") or {}, dict):
            raise validation.refused("The headers of a step are an object.", code="BadRequest")
        if "$batch" in unquote(each["url"]).lower():
            raise validation.refused("Batches cannot be nested.", code="BadRequest")
        if each["id"] in seen or not seen.issuperset(each.get("dependsOn") or []):
            raise validation.refused(
                f"The id '{each['id']}' is not unique, or depends on a later step.",
                code="BadRequest",
            )
        seen.add(each["id"])


def _failed_dependency(call: Call, each: dict[str, Any]) -> dict[str, Any]:
    text, now = "A step that this one depends on failed.", call.world.clock.now()
    body = error_body("FailedDependency", text, now=now)
    return {"id": each["id"], "status": 424, "headers": {}, "body": body}


async def _carry_out(call: Call, each: dict[str, Any]) -> dict[str, Any]:
    start: dict[str, Any] = {}
    content = bytearray()
    sent = json.dumps(each["body"]).encode() if each.get("body") is not None else b""

    given = iter([{"type": "http.request", "body": sent, "more_body": False}])

    async def receive() -> Message:
        """Return the step's body first, then what becomes of the connection."""
        return next(given, None) or await call.request.receive()

    async def send(message: Message) -> None:
        start.update(message if message["type"] == "http.response.start" else {})
        content.extend(message.get("body", b""))

    gateway = call.request.app.state.gateway
    await gateway.step(_scope(call.request, each, length=len(sent)), receive, send)
    if not start:
        raise ClientDisconnect
    headers = {name.decode(): value.decode("latin-1") for name, value in start["headers"]}
    answer = {"id": each["id"], "status": start["status"], "headers": headers}
    if content:
        is_json = "json" in headers.get("content-type", "")
        # Any other content comes in base64.
        answer["body"] = json.loads(content) if is_json else base64.b64encode(content).decode()
    return answer


def _scope(request: Request, each: dict[str, Any], *, length: int) -> Scope:
    path, _, query = each["url"].partition("?")
    given = {str(name).lower(): str(value) for name, value in (each.get("headers") or {}).items()}
    given["authorization"] = request.headers["authorization"]
    given["content-length"] = str(length)
    return {
        **{name: request.scope[name] for name in ("type", "asgi", "http_version", "scheme")},
        **{name: request.scope[name] for name in ("server", "client", "root_path")},
        "method": each["method"].upper(),
        "path": "/v1.0" + unquote(path),
        "raw_path": b"",
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
        "state": {"transport": request.scope["state"]["transport"]},
    }
