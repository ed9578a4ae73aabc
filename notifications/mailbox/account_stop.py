"""Reports that stop mail: the account, or what leaves the organization for a day."""

import logging
from datetime import datetime, timedelta

from notifications.backends.errors import Answer
from notifications.log import account_codes
from notifications.models import DeliveryPoll, MicrosoftAccount
from notifications.models.account import AccountState

from . import account_state

logger = logging.getLogger(__name__)

# The limit counts a rolling day; one message an hour finds out whether it is over.
_DAY, TRY_EVERY = timedelta(hours=24), timedelta(hours=1)


def look(account: MicrosoftAccount, *, now: datetime) -> None:
    """Stop what Exchange itself has proven to be stopped, and end what is over."""
    _stop_account(account, now=now)
    _hold_outside(now=now)


def release(*, now: datetime) -> None:
    """Let go what waits for a limit: nobody looks any more whether it is over."""
    DeliveryPoll.objects.filter(outside_until__gt=now).update(outside_until=now)


def _stop_account(account: MicrosoftAccount, *, now: datetime) -> None:
    if account.state != AccountState.CONNECTED:
        return
    since = max(filter(None, (account.signed_in_at, account.last_error_at)))
    found = account_codes.proven(account_codes.STOPS_ACCOUNT, since=since, now=now)
    if found:
        account_state.remember_trouble(account, Answer(code=found.code, message=found.text))
        logger.error("Account %s: blocked, %s", account.pk, found.code)


def _hold_outside(*, now: datetime) -> None:
    poll = DeliveryPoll.objects.current()
    if poll.outside_until and poll.outside_until > now:
        if _was_tried(poll, now=now) and not _bounced_since(poll, now=now):
            DeliveryPoll.objects.made().update(outside_until=now)
        return
    since = poll.outside_until or now - _DAY
    found = account_codes.proven(account_codes.STOPS_OUTSIDE, since=since, now=now)
    if found:
        DeliveryPoll.objects.made().update(
            outside_code=found.code,
            outside_until=found.at + _DAY,
            outside_next_at=now + TRY_EVERY,
            outside_tried_at=None,
        )


def _was_tried(poll: DeliveryPoll, *, now: datetime) -> bool:
    """Say whether a message was let through long enough ago for its report to have come."""
    return poll.outside_tried_at is not None and now - poll.outside_tried_at > TRY_EVERY / 2


def _bounced_since(poll: DeliveryPoll, *, now: datetime) -> bool:
    rows = account_codes.of_exchange(account_codes.STOPS_OUTSIDE).filter(is_proven=True)
    return rows.filter(at__gte=poll.outside_tried_at).exists()
