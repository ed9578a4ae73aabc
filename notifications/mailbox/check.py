"""Prove that an account can be used: renew its token for real, open its mailbox. Sends nothing."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from notifications.backends.base import AccountInfo
from notifications.backends.errors import AuthError
from notifications.models import MicrosoftAccount

from . import account_state
from .connection import Connection


def renew(connection: Connection, account: MicrosoftAccount) -> str:
    """Returns a new access token; the account's row keeps what Microsoft answered."""
    with _remembered(account):
        return connection.token(account, force=True).secret


def look(connection: Connection, account: MicrosoftAccount, *, token: str) -> AccountInfo:
    """Open the mailbox, as far as the permissions allow it."""
    with (
        _remembered(account),
        closing(connection.open(account, token=lambda: token)) as backend,
    ):
        return backend.check()


@contextmanager
def _remembered(account: MicrosoftAccount) -> Iterator[None]:
    try:
        yield
    except AuthError as error:
        account_state.remember_trouble(account, error.answer)
        raise
