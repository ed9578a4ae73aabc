"""An account that was lost is tried again by itself: a policy, a proxy or a fault at Microsoft may
be over, and then no person should have to come. Each try asks Entra for one token.

The pauses grow from a minute to an hour, and begin anew once a message was accepted: a mailbox that
can be opened may refuse to send all the same. Until then one message is tried at a time. A wrong or
expired credential is tried once an hour.
"""

import logging
from datetime import datetime

from notifications.backends.errors import SendError
from notifications.errors import Contained
from notifications.models import EmailSettings, MicrosoftAccount
from notifications.models.account import AccountState

from . import account_state, check
from .connection import Connection

logger = logging.getLogger(__name__)


def try_again(saved: EmailSettings, *, now: datetime) -> bool:
    """Try a lost account if it is time, and say whether it can be used again."""
    account = saved.account
    if account is None or account.state == AccountState.CONNECTED or not account.is_to_try(now=now):
        return False
    account.tried_again += 1
    next_at = account_state.next_try_at(account, now=now)
    if not MicrosoftAccount.objects.take_try(account, now=now, next_at=next_at):
        return False
    with Contained(logger, "trying account %s again", account.pk, account_id=account.pk):
        return _works(Connection.of(saved.values()), account)
    return False


def _works(connection: Connection, account: MicrosoftAccount) -> bool:
    """Renew the token and open the mailbox, as far as the permissions allow it: a token that is
    renewed may be refused all the same."""
    try:
        token = connection.token(account, force=True, is_judged=False)
        check.look(connection, account, token=token.secret)
    except SendError as error:
        code = error.answer.code
        extra = {"account_id": account.pk, "code": code}
        logger.info("Account %s was tried again: %s", account.pk, code, extra=extra)
        return False
    account_state.remember_success(account)
    return True
