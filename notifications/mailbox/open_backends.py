"""Backends that stay open for a while after a drain, so that not each message costs a new TLS
connection. One belongs to this process alone, and to one drain at a time."""

import os
import time
from datetime import timedelta
from importlib import import_module
from threading import Lock, Timer

from notifications.backends.base import MailBackend
from notifications.backends.microsoft.application import AccessToken
from notifications.models import MicrosoftAccount
from notifications.models.settings import Api

from .connection import Connection

SILENCE = timedelta(minutes=1)
_kept: dict[int, "OpenBackend"] = {}
_watching: list[Timer] = []  # at most one
_lock = Lock()


def _forget() -> None:
    """Forget what is the parent's: two processes must not speak on one connection."""
    _kept.clear()
    _watching.clear()


os.register_at_fork(after_in_child=_forget)


class OpenBackend:
    """The open backend of an account under one version of the settings. `token` has to be set
    before it is used: the threads that send never ask the database."""

    def __init__(self, connection: Connection, account: MicrosoftAccount, *, version: int) -> None:
        self.account = account.pk
        self.is_for = _identity(connection, account, version)
        self.token: AccessToken | None = None
        self.backend: MailBackend = connection.open(account, token=self._secret)
        self.closes_at = 0.0  # by the monotonic clock, while it is kept

    def keep(self) -> None:
        """Leave it to the account's next drain, or close it after a minute of silence. Nothing may
        be under way."""
        self.closes_at = time.monotonic() + SILENCE.total_seconds()
        with _lock:
            _kept[self.account] = self
            _watch()

    def close(self) -> None:
        self.backend.close()

    def _secret(self) -> str:
        if self.token is None:
            raise RuntimeError("The token comes first.")
        return self.token.secret


def prepare(connection: Connection) -> None:
    """Import what asks Microsoft, as a process does that will: else its first message waits for it,
    and keeps the lane meanwhile."""
    api = "ews" if connection.values.api == Api.EWS else "graph"
    for module in ("entra", f"{api}.backend"):
        import_module(f"notifications.backends.microsoft.{module}")


def take(connection: Connection, account: MicrosoftAccount, *, version: int) -> OpenBackend:
    """Return the account's kept one, unless it is of other settings, or a new one."""
    with _lock:
        found = _kept.pop(account.pk, None)
    if found:
        if found.is_for == _identity(connection, account, version):
            return found
        found.close()
    return OpenBackend(connection, account, version=version)


def _watch() -> None:
    """Wait for the first that is silent for too long, with one thread for all that are kept. The
    caller has the lock."""
    if _kept and not _watching:
        closes_at = min(each.closes_at for each in _kept.values())
        timer = Timer(max(0.0, closes_at - time.monotonic()), _close_silent)
        timer.daemon = True
        _watching.append(timer)
        timer.start()


def _close_silent() -> None:
    now = time.monotonic()
    with _lock:
        _watching.clear()
        silent = [each for each in _kept.values() if each.closes_at <= now]
        for each in silent:
            del _kept[each.account]
        _watch()
    for each in silent:
        each.close()


def is_any_kept() -> bool:
    with _lock:
        return bool(_kept)


def close_all() -> None:
    with _lock:
        kept = list(_kept.values())
        _kept.clear()
    for each in kept:
        each.close()


def _identity(
    connection: Connection, account: MicrosoftAccount, version: int
) -> tuple[object, ...]:
    return version, account.address, connection.service_urls
