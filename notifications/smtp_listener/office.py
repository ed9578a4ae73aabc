"""What all connections of a listener share: the state of the house, the threads, who is there."""

import asyncio
import socket
import ssl
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings
from django.db import close_old_connections

from notifications.models import SmtpClient, SmtpReceipt

from .house import House
from .notes import Notes
from .peers import Address
from .sign_ins import WrongSignIns

if TYPE_CHECKING:
    from .line import Line

T = TypeVar("T")

MOST_CONNECTIONS, MOST_OF_A_CLIENT = 100, 10
# Threads with a database connection each.
_THREADS = 8


class Office:
    """`house` is replaced each second."""

    def __init__(
        self, *, tls: ssl.SSLContext | None = None, threads: Executor | None = None
    ) -> None:
        self.name: str = settings.SMTP_NAME or socket.getfqdn()
        self.house = House()
        self.tls = tls
        self.notes = Notes()
        self.wrong_sign_ins = WrongSignIns()
        self._threads = threads or _Threads(_THREADS, thread_name_prefix="smtp")
        self._connections: dict[int, Line] = {}

    async def run(self, work: Callable[..., T], *values: Any) -> T:
        """Do what takes time in a thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, partial(work, *values))

    @staticmethod
    def note_answered(receipt: int) -> None:
        SmtpReceipt.objects.note_answered(receipt)

    def is_proxy(self, address: Address | None) -> bool:
        return address is not None and any(address in network for network in settings.SMTP_PROXIES)

    @property
    def connections(self) -> list["Line"]:
        return list(self._connections.values())

    def enter(self, connection: "Line") -> bool:
        """Let it in. Where there is no room the one that does nothing for longest has to go."""
        if connection.client and not self.may_have_one_more(connection.client, connection):
            return False
        here = self.connections
        theirs = [each for each in here if each.address == connection.address]
        strangers = [each for each in theirs if each.client is None]
        full = len(here) >= MOST_CONNECTIONS and here
        crowded = len(strangers) >= MOST_OF_A_CLIENT and strangers
        if full or crowded:
            idle = next((each for each in crowded or full or [] if _is_idle(each)), None)
            if idle is None:
                return False
            self.leave(idle)
            idle.make_room()
        self._connections[id(connection)] = connection
        return True

    def leave(self, connection: "Line") -> None:
        self._connections.pop(id(connection), None)

    def may_have_one_more(self, client: SmtpClient, connection: "Line") -> bool:
        others = (each for each in self.connections if each is not connection)
        return sum(each.client == client for each in others) < MOST_OF_A_CLIENT

    def close(self) -> None:
        self._threads.shutdown(wait=True)


def _is_idle(connection: "Line") -> bool:
    return connection.client is None and not connection.is_busy


class _Threads(ThreadPoolExecutor):
    """Threads whose database connections are given back when they are old or broken."""

    def submit(self, fn: Callable[..., T], /, *values: Any, **named: Any) -> Future[T]:
        return super().submit(_with_database, partial(fn, *values, **named))


def _with_database(work: Callable[[], T]) -> T:
    close_old_connections()
    try:
        return work()
    finally:
        close_old_connections()
