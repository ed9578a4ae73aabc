"""Backends that stay open for a while after a drain, so that not each message costs a new TLS
connection. One belongs to this process alone, and to one drain at a time."""

import os
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
_lock = Lock()
# The sockets are the parent's: two processes must not speak on one connection.
os.register_at_fork(after_in_child=_kept.clear)


class OpenBackend:
    """The open backend of an account under one version of the settings. `token` has to be set
    before it is used: the threads that send never ask the database."""

    def __init__(self, connection: Connection, account: MicrosoftAccount, *, version: int) -> None:
        self.account = account.pk
        self.is_for = _identity(connection, account, version)
        self.token: AccessToken | None = None
        self.backend: MailBackend = connection.open(account, token=self._secret)
        self._silence: Timer | None = None

    def keep(self) -> None:
        """Leave it to the account's next drain, or close it after a minute of silence. Nothing may
        be under way."""
        self._silence = Timer(SILENCE.total_seconds(), self._end)
        self._silence.daemon = True
        with _lock:
            _kept[self.account] = self
        self._silence.start()

    def wake(self) -> None:
        """Begin to use it again."""
        if self._silence:
            self._silence.cancel()

    def close(self) -> None:
        self.wake()
        self.backend.close()

    def _end(self) -> None:
        with _lock:
            if _kept.get(self.account) is not self:
                return  # a drain was faster
            del _kept[self.account]
        self.close()

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
        found.wake()
        if found.is_for == _identity(connection, account, version):
            return found
        found.close()
    return OpenBackend(connection, account, version=version)


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
