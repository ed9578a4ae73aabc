"""In front of everything: counts, faults, latency, concurrency.

A plain ASGI wrapper rather than Starlette middleware, because a fault has to
be able to cut the connection, before or after the request was carried out.
"""

import asyncio
import json
import re
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from exchange_emulator import injected
from exchange_emulator.control.faults import Fault
from exchange_emulator.entra.tokens import decode
from exchange_emulator.mail.limits import Caller
from exchange_emulator.world import World

_OPERATION = re.compile(rb"<(?:[\w-]+:)?Body[^>]*>\s*<(?:[\w-]+:)?(\w+)")
_KEY_SYNTAX = re.compile(r"/(messages|users|mailFolders|attachments)\('([^']+)'\)", re.IGNORECASE)


@dataclass
class Passage:
    """One request on its way through; `status` 0 means that nothing was answered."""

    scope: Scope
    method: str
    path: str
    caller: Caller
    operation: str = ""
    status: int = 0
    is_observed: bool = True


class Gateway:
    def __init__(self, app: ASGIApp, world: World) -> None:
        self._app = app
        self._world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        area = area_of(scope["path"])
        if not area:
            self._world.mailboxes.settle(self._world.clock.now())
            await self._app(scope, receive, send)
            return
        passage = Passage(scope, scope["method"], scope["path"], claimed_caller(scope))
        if scope["path"].lower().startswith("/v1.0/"):
            # OData's other way to write a key: the Location of a new draft has it.
            scope["path"] = passage.path = _KEY_SYNTAX.sub(r"/\1/\2", passage.path)
        mailbox = passage.caller[0]
        self._world.statistics.enter(mailbox)
        limit = "ews_concurrency" if area == "ews" else "mailbox_concurrency"
        counted = bool(mailbox) and self._world.limits.enter(passage.caller, limit=limit)
        scope.setdefault("state", {})["is_over_concurrency"] = bool(mailbox) and not counted
        try:
            await self._pass(passage, receive, send)
        finally:
            if counted:
                self._world.limits.leave(passage.caller)
            self._world.statistics.leave(mailbox)
            self._count(passage)

    async def _pass(self, passage: Passage, receive: Receive, send: Send) -> None:
        if self._world.faults.watches_operations():
            receive = await self._read_operation(passage, receive)
        fault = self._world.faults.take(
            passage.method, passage.path, mailbox=passage.caller[0], operation=passage.operation
        )
        await asyncio.sleep(self._world.latency + (fault.latency_ms / 1000 if fault else 0))
        self._world.mailboxes.settle(self._world.clock.now())
        if fault is None or fault.kind == "latency":
            await self._app(passage.scope, receive, self._observed(passage, send))
            return
        await self._strike(fault, passage, receive, send)

    async def _strike(self, fault: Fault, passage: Passage, receive: Receive, send: Send) -> None:
        if fault.when == "after":
            await self._app(passage.scope, receive, _ignore)
        if fault.kind == "drop":
            await self._drop(passage, receive)
        else:
            answer = injected.answer(fault, passage.path)
            passage.scope["state"]["is_injected"] = True
            passage.status = answer.status_code
            await answer(passage.scope, receive, send)

    async def _drop(self, passage: Passage, receive: Receive) -> None:
        """Reset the connection, and wait until the server has noticed."""
        passage.scope["state"]["transport"].abort()
        while (await receive())["type"] != "http.disconnect":
            pass

    def _observed(self, passage: Passage, send: Send) -> Send:
        async def forward(message: Message) -> None:
            if message["type"] == "http.response.start":
                passage.status = message["status"]
            await send(message)

        return forward

    async def _read_operation(self, passage: Passage, receive: Receive) -> Receive:
        """Read the body of an EWS request to learn its operation; the app reads it again."""
        if area_of(passage.path) != "ews":
            return receive
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        found = _OPERATION.search(body)
        passage.operation = found[1].decode() if found else ""
        replay = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def again() -> Message:
            return next(replay, None) or await receive()

        return again

    def _count(self, passage: Passage) -> None:
        route = passage.scope.get("route")
        template = getattr(route, "path", passage.path)
        operation = passage.scope["state"].get("operation") or passage.operation
        if operation:
            template = f"{template} {operation}"
        outcome = str(passage.status) if passage.status else "dropped"
        self._world.statistics.count_request(passage.method, template, outcome=outcome)


async def _ignore(_: Message) -> None:
    return None


def area_of(path: str) -> str:
    """Which of Microsoft's services an address belongs to; none for the emulator's own pages."""
    lower = path.lower()
    if lower.startswith(("/v1.0/", "/api/v2.0/")):
        return "graph"
    if lower == "/ews/exchange.asmx":
        return "ews"
    if (
        "/oauth2/" in lower
        or "/discovery/" in lower
        or "/.well-known/" in lower
        or "/v2.0/" in lower
    ):
        return "entra"
    return ""


def claimed_caller(scope: Scope) -> Caller:
    """(mailbox, application) as the token says, whether or not it is a good one."""
    header = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
    parts = header.split(".")
    try:
        claims = json.loads(decode(parts[1]))
        return str(claims["upn"]).lower(), str(claims["appid"])
    except (IndexError, ValueError, KeyError, TypeError):
        return "", ""
