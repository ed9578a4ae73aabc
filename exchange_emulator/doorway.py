"""Let in whoever calls the emulator by its own name, and date every answer by its own clock.

A page of the web can make its name mean 127.0.0.1 (DNS rebinding), and its scripts would then read
practice mail; such a request still has that name as its Host.
"""

from email.utils import formatdate
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from exchange_emulator.world import World

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Doorway:
    """Stand before everything else, the recorder included."""

    def __init__(self, app: ASGIApp, world: World) -> None:
        self._app = app
        self._world = world
        self._names = {*_LOOPBACK, _host(world.http_url), _host(world.https_url)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                now = formatdate(self._world.clock.now(), usegmt=True)
                MutableHeaders(scope=message).setdefault("date", now)
            await send(message)

        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refused = self._refusal(scope)
        await (refused or self._app)(scope, receive, dated)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if _host(f"//{headers.get('host', '')}") not in self._names:
            return _forbidden("The Host has to be localhost, or the emulator's address.")
        is_control = scope["path"].startswith("/_emulator")
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if is_control and scope["method"] == "POST" and kind != "application/json":
            # A page of another site can post a form or plain text without asking first.
            return _forbidden("The Content-Type has to be application/json.")
        return None


def _forbidden(text: str) -> Response:
    return JSONResponse({"error": text}, status_code=403)


def _host(address: str) -> str:
    """Return the host of an address in lower case; nothing for one that is malformed."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
