"""Pass every request through counts, faults, latency and the concurrency limit.

The gateway is plain ASGI rather than Starlette middleware, because a fault has to
be able to cut the connection, before or after the request was carried out.
"""

import asyncio
import logging
from dataclasses import dataclass
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message, Receive, Scope, Send

from exchange_emulator import injected
from exchange_emulator.control.faults import Fault
from exchange_emulator.mail.limits import Caller
from exchange_emulator.services import (
    area_of,
    claimed_caller,
    operation_of,
    plain_path,
    template_of,
)
from exchange_emulator.world import World

_log = logging.getLogger(__name__)


@dataclass
class Passage:
    """Follow one request on its way through; `status` 0 means that nothing was answered."""

    scope: Scope
    area: str
    caller: Caller
    operation: str = ""
    status: int = 0

    @property
    def method(self) -> str:
        return str(self.scope["method"])

    @property
    def path(self) -> str:
        return str(self.scope["path"])


class Gateway:
    def __init__(self, app: Starlette, world: World) -> None:
        self._app = app
        self._world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        passage = self._passage(scope)
        if not passage.area:
            self._world.mailboxes.settle(self._world.clock.now())
            await self._carry_out(passage, receive, send)
            return
        mailbox = passage.caller[0]
        self._world.statistics.enter(mailbox)
        limit = "ews_concurrency" if passage.area == "ews" else "mailbox_concurrency"
        counted = bool(mailbox) and self._world.limits.enter(passage.caller, limit=limit)
        scope["state"]["is_over_concurrency"] = bool(mailbox) and not counted
        try:
            await self._pass(passage, receive, send)
        finally:
            if counted:
                self._world.limits.leave(passage.caller)
            self._world.statistics.leave(mailbox)
            self._count(passage)

    async def step(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a step of a batch: it meets faults and is counted, but not as concurrent."""
        passage = self._passage(scope)
        try:
            await self._pass(passage, receive, send)
        finally:
            self._count(passage)

    def _passage(self, scope: Scope) -> Passage:
        scope["path"] = plain_path(scope["path"])
        scope.setdefault("state", {})
        return Passage(scope, area_of(scope["path"]), claimed_caller(scope))

    async def _pass(self, passage: Passage, receive: Receive, send: Send) -> None:
        if self._world.faults.may_strike() and passage.area == "ews":
            body, receive = await _read(receive)
            passage.operation = operation_of(body)
        fault = self._world.faults.take(
            passage.method, passage.path, mailbox=passage.caller[0], operation=passage.operation
        )
        await asyncio.sleep(self._world.latency + (fault.latency_ms / 1000 if fault else 0))
        self._world.mailboxes.settle(self._world.clock.now())
        if fault is None or fault.kind == "latency":
            await self._carry_out(passage, receive, send)
            return
        await self._strike(fault, passage, receive, send)

    async def _carry_out(self, passage: Passage, receive: Receive, send: Send) -> None:
        try:
            await self._app(passage.scope, receive, _observed(passage, send))
        except ClientDisconnect:
            return
        except Exception:  # noqa: BLE001 - `unforeseen` has answered; a bug is logged here
            _log.exception("%s %s", passage.method, passage.path)

    async def _strike(self, fault: Fault, passage: Passage, receive: Receive, send: Send) -> None:
        if fault.when == "after":
            await self._carry_out(passage, receive, _ignore)
            passage.status = 0
        elif passage.path.lower().endswith("/token"):
            body, receive = await _read(receive)
            self._world.statistics.count_token_request(_grant_type(body))
        if fault.kind == "drop":
            await self._drop(passage, receive)
            return
        request = Request({**passage.scope, "app": self._app})
        answer = injected.answer(fault, request, area=passage.area, operation=passage.operation)
        # A body that the test chose itself is not one of Microsoft's answers.
        passage.scope["state"]["is_injected"] = fault.body is not None
        passage.status = answer.status_code
        await answer(passage.scope, receive, send)

    async def _drop(self, passage: Passage, receive: Receive) -> None:
        """Reset the connection, and wait until the server has noticed."""
        passage.scope["state"]["transport"].abort()
        while (await receive())["type"] != "http.disconnect":
            pass

    def _count(self, passage: Passage) -> None:
        template = template_of(self._app.router, passage.scope)
        operation = passage.scope["state"].get("operation") or passage.operation
        if operation:
            template = f"{template} {operation}"
        outcome = str(passage.status) if passage.status else "dropped"
        self._world.statistics.count_request(passage.method, template, outcome=outcome)


def _observed(passage: Passage, send: Send) -> Send:
    async def forward(message: Message) -> None:
        if message["type"] == "http.response.start":
            passage.status = message["status"]
        await send(message)

    return forward


async def _read(receive: Receive) -> tuple[bytes, Receive]:
    """Return the body of a request, and a `receive` that gives it again."""
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    replay = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def again() -> Message:
        return next(replay, None) or await receive()

    return body, again


def _grant_type(body: bytes) -> str:
    return parse_qs(body.decode("latin-1")).get("grant_type", [""])[0]


async def _ignore(_: Message) -> None:
    return None
