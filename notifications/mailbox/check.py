"""Prove that an account can be used: renew its token for real, open its mailbox. Sends nothing."""

from contextlib import closing

from notifications.backends.base import AccountInfo
from notifications.backends.errors import Answer, AuthError, SendError
from notifications.models import EmailSettings, MicrosoftAccount
from notifications.models.settings import SettingsValues

from . import account_state
from .connection import Connection


def renew(connection: Connection, account: MicrosoftAccount) -> str:
    """Returns a new access token; the account's row keeps what Microsoft answered."""
    return connection.token(account, force=True).secret


def look(connection: Connection, account: MicrosoftAccount, *, token: str) -> AccountInfo:
    """Open the mailbox; the account's row keeps it where it may not be opened."""
    try:
        return open_mailbox(connection, account, token=token)
    except AuthError as error:
        account_state.remember_trouble(account, error.answer)
        raise


def open_mailbox(connection: Connection, account: MicrosoftAccount, *, token: str) -> AccountInfo:
    """Open the mailbox, as far as the permissions allow it."""
    with closing(connection.open(account, token=lambda: token)) as backend:
        return backend.check()


def renew_after_save(before: SettingsValues, saved: EmailSettings) -> Answer | None:
    """Renew the token where a Save has changed what it depends on, such as the secret or the API:
    a sign-in is good for each API. Returns Microsoft's answer where that failed."""
    old, new, account = Connection.of(before), Connection.of(saved.values()), saved.account
    if account is None or new.missing:
        return None
    try:
        if not _ask_alike(old, new):
            renew(new, account)
    except SendError as error:
        return error.answer
    return None


def _ask_alike(old: Connection, new: Connection) -> bool:
    """Say whether both ask for the same as the same application. One whose secret cannot be read
    any more asks for nothing."""
    try:
        return old.permissions == new.permissions and old.application() == new.application()
    except AuthError:
        return False
