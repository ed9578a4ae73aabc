"""The process of `manage.py smtp`: it listens while SMTP is on and has clients, and says that it
lives."""

import asyncio
import logging
import os
import signal
import socket
import time
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from notifications.attachments import incoming
from notifications.errors import Contained
from notifications.models import SmtpListener, SmtpReceipt

from . import addresses, house
from .addresses import Listen
from .certificate import Certificate
from .office import Office
from .protocol import Connection

logger = logging.getLogger(__name__)

_LOOK = 1.0  # seconds between two looks at settings and clients
_HEARTBEAT, _BETWEEN_CLEANINGS = 15.0, 600.0
# What is under way may take so long once the process has to stop.
_STOP_TIME = 5.0
_GONE = timedelta(days=1)


class _NoCertificate(Exception):  # noqa: N818 - reads as what it is
    """The address is encrypted from the first octet on."""


class Server:
    def __init__(self) -> None:
        self._certificate = Certificate()
        self._certificate.look()
        self._office = Office(tls=self._certificate.context)
        self._given = addresses.of_systemd()
        self._wanted = addresses.read(settings.SMTP_LISTEN)
        self._open: dict[Listen, asyncio.Server] = {}
        self._problems: list[str] = []
        self._started_at = timezone.now()
        self._name = f"{socket.gethostname()}:{os.getpid()}"[:100]
        self._said_at = self._cleaned_at = 0.0
        self._stop = asyncio.Event()

    async def run(self) -> None:
        """Go on until SIGTERM or SIGINT."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        await self._office.run(incoming.forget_left_behind)
        while not self._stop.is_set():
            await self._look()
            try:
                await asyncio.wait_for(self._stop.wait(), _LOOK)
            except TimeoutError:
                continue
        await self._end()

    async def _look(self) -> None:
        """Read what has changed, listen or not, write down what was said."""
        with Contained(logger, "looking after the SMTP listener"):
            self._certificate.look()
            self._office.tls = self._certificate.context
            self._office.house = await self._office.run(house.read)
            await self._listen()
        with Contained(logger, "writing SMTP sessions"):
            await self._office.run(self._office.notes.write)
        if time.monotonic() - self._said_at >= _HEARTBEAT:
            self._said_at = time.monotonic()
            with Contained(logger, "saying that the SMTP listener lives"):
                await self._office.run(self._say_alive)

    async def _listen(self) -> None:
        if self._office.house.is_open:
            await self._open_missing()
            return
        if self._open:
            self._close_all()
        for connection in self._office.connections:
            if not connection.is_busy:  # the others end their message
                connection.shut_down()

    async def _open_missing(self) -> None:
        """Open what is not open yet: a port that was in use, or waited for its certificate, is
        tried again."""
        before = self._problems, len(self._open)
        self._problems = []
        for where, given in self._places():
            try:
                await self._open_one(where, given)
            except _NoCertificate:
                self._problems.append(addresses.NEEDS_CERTIFICATE % {"address": where})
            except OSError as error:
                self._problems.append(
                    addresses.NOT_OPEN % {"address": where, "reason": error.strerror}
                )
        if before != (self._problems, len(self._open)):
            self._said_at = 0.0

    def _places(self) -> list[tuple[Listen, socket.socket | None]]:
        given: list[tuple[Listen, socket.socket | None]] = [*self._given]
        given = given or [(where, None) for where in self._wanted]
        return [(where, opened) for where, opened in given if where not in self._open]

    async def _open_one(self, where: Listen, given: socket.socket | None) -> None:
        if where.is_tls and self._certificate.context is None:
            raise _NoCertificate
        loop = asyncio.get_running_loop()
        self._open[where] = await loop.create_server(
            lambda: Connection(self._office, is_tls=where.is_tls, loop=loop),
            # A copy, because closing a server closes its socket.
            sock=given.dup() if given else where.open(),
            ssl=self._certificate.context if where.is_tls else None,
        )

    def _close_all(self) -> None:
        for server in self._open.values():
            server.close()
        self._open = {}
        self._said_at = 0.0

    async def _end(self) -> None:
        """Take nothing new, let what is under way end, and say that the process is gone."""
        self._close_all()
        deadline = time.monotonic() + _STOP_TIME
        while any(each.is_busy for each in self._office.connections):
            if time.monotonic() > deadline:
                break
            await asyncio.sleep(0.05)  # a connection tells nobody that it is idle
        for connection in self._office.connections:
            connection.shut_down()
        await asyncio.sleep(0.05)  # so that the last words get onto the wire
        with Contained(logger, "ending the SMTP listener"):
            await self._office.run(lambda: self._office.notes.write(all_of_it=True))
            await self._office.run(self._say_gone)
        self._office.close()

    def _say_alive(self) -> None:
        now = timezone.now()
        SmtpListener.objects.update_or_create(
            name=self._name,
            defaults={
                "started_at": self._started_at,
                "seen_at": now,
                "addresses": [[w.host, w.port, w.is_tls] for w in self._open],
                "connections": len(self._office.connections),
                "certificate_ends_at": self._certificate.ends_at,
                "certificate_problem": self._certificate.problem,
                "problem": "\n".join(self._problems),
            },
        )
        if time.monotonic() - self._cleaned_at >= _BETWEEN_CLEANINGS:
            self._cleaned_at = time.monotonic()
            self._clean(now)

    def _clean(self, now: datetime) -> None:
        SmtpReceipt.objects.forget_old(now=now)
        SmtpListener.objects.filter(seen_at__lt=now - _GONE).delete()

    def _say_gone(self) -> None:
        SmtpListener.objects.filter(name=self._name).delete()
