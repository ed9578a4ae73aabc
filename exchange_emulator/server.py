"""Serve one application on two ports, http and https, in one process."""

import asyncio
import contextlib
import signal
import socket
import sys
from asyncio import BaseTransport
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from exchange_emulator import application, certificates
from exchange_emulator.world import World

LOOPBACK = "127.0.0.1"


class Protocol(H11Protocol):
    """Hand the connection to the application, so that a fault can cut it."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        connection: BaseTransport = transport
        self.app_state = {**self.app_state, "transport": connection}

    def shutdown(self) -> None:
        """End an idle connection at once: a TLS client need not say goodbye first."""
        super().shutdown()
        if self.transport.is_closing():
            self.transport.abort()


class Server(uvicorn.Server):
    """Leave the signals to `serve`: two servers cannot both take them."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def bind(port: int) -> list[socket.socket]:
    """Listen on 127.0.0.1 and, if the machine has it, on ::1, which `localhost` may mean.

    Raises OSError if the port is taken.
    """
    first = _listen(socket.AF_INET, LOOPBACK, port)
    with contextlib.suppress(OSError):
        return [first, _listen(socket.AF_INET6, "::1", first.getsockname()[1])]
    return [first]


def _listen(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    # asyncio turns Nagle's algorithm off only for a socket that names TCP; left on, it
    # costs every answer with a body 40 ms.
    made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
        made.listen(512)
    except OSError:
        made.close()
        raise
    return made


async def serve(
    world: World, http: list[socket.socket], https: list[socket.socket], *,
    record: Path | None = None,
) -> None:  # fmt: skip
    """Run until SIGTERM or SIGINT, and print the ready line once both ports answer."""
    authority, ca_path = certificates.authority(world.folder)
    context = certificates.server_context(authority)
    app = application.build(world, record=record)
    servers = [
        Server(_config(app)),
        Server(_config(app, ssl_context_factory=lambda _config, _default: context)),
    ]
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _stop, servers)
    running = [
        asyncio.create_task(server.serve(sockets))
        for server, sockets in zip(servers, (http, https), strict=True)
    ]
    if await _started(servers, running):
        sys.stdout.write(
            f"exchange_emulator ready http={world.http_url} https={world.https_url} ca={ca_path}\n"
        )
        sys.stdout.flush()
    await asyncio.gather(*running)


async def _started(servers: list[Server], running: list[asyncio.Task[None]]) -> bool:
    """Wait until all answer; False if one ended before it did."""
    while not all(server.started for server in servers):
        if any(task.done() for task in running):
            return False
        await asyncio.sleep(0.01)  # uvicorn tells nobody that it has started
    return True


def _config(app: Any, **options: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app, http=Protocol, ws="none", lifespan="off", log_level="error", access_log=False,
        timeout_graceful_shutdown=1, server_header=False, date_header=False,
        timeout_keep_alive=75, **options,
    )  # fmt: skip


def _stop(servers: list[Server]) -> None:
    for server in servers:
        server.should_exit = True
