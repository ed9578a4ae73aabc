"""Record each exchange with the emulated services as a line of JSON, to check it by schemas."""

import json
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Larger bodies are uploads, which no schema describes.
LONGEST = 1024 * 1024


class Recorder:
    """Wrap the whole application, and write a line to `path` for each finished exchange."""

    def __init__(self, app: ASGIApp, path: Path) -> None:
        self._app = app
        self._file = path.open("a", encoding="utf-8")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request, response = bytearray(), bytearray()
        start: dict[str, Any] = {"status": 0, "headers": []}
        path = scope["path"]

        async def listen() -> Message:
            message = await receive()
            request.extend(message.get("body", b""))
            return message

        async def speak(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            response.extend(message.get("body", b""))
            await send(message)

        await self._app(scope, listen, speak)
        self._write(
            {
                "method": scope["method"],
                "path": path,
                "query": scope["query_string"].decode("latin-1"),
                "request_type": _content_type(scope["headers"]),
                "request": _text(request),
                "status": start["status"],
                "injected": bool(scope.get("state", {}).get("is_injected")),
                "response_type": _content_type(start["headers"]),
                "response": _text(response),
            }
        )

    def _write(self, exchange: dict[str, Any]) -> None:
        self._file.write(json.dumps(exchange) + "\n")
        self._file.flush()


def _content_type(headers: Any) -> str:
    return str(dict(headers).get(b"content-type", b"").decode("latin-1"))


def _text(body: bytearray) -> str | None:
    return body.decode("utf-8", "replace") if len(body) <= LONGEST else None
