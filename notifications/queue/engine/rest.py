"""Why a lane does not send for a while: an error that concerns all its mail, a sign-in that was
lost, a day that is full. Each is kept in the account's row and in the log's time line."""

import logging
from datetime import datetime, timedelta

from django.db import transaction

from notifications import retry
from notifications.backends.errors import Answer, AuthError, SendError, ThrottledError
from notifications.mailbox import account_state
from notifications.models import (
    ConnectionEvent,
    EmailSettings,
    MicrosoftAccount,
    Notification,
)
from notifications.models.account import AccountState
from notifications.models.event import EventKind

from .lane import Lane

logger = logging.getLogger(__name__)

# After a token that was refused although it looked valid: do not ask in a tight loop.
REFUSED_TOKEN_REST = timedelta(seconds=10)
# So often it is renewed until a message is accepted.
MOST_RENEWALS = 2
# The code of a full day in the time line, beside Microsoft's own.
_DAY_IS_FULL = "RecipientsADay"


def after_error(lane: Lane, error: SendError, *, now: datetime) -> datetime | None:
    """Let the lane rest, or lose its sign-in, after an error that concerns all its mail. Returns
    when to try again; None = when a person has acted."""
    if isinstance(error, AuthError):
        return _after_lost_sign_in(lane, error, now=now)
    if isinstance(error, ThrottledError):
        until = retry.rest_until(error.retry_after, now=now)
        return _rest(lane, until, error.answer, kind=EventKind.THROTTLED, now=now)
    until = retry.rest_until(None, now=now)
    return _rest(lane, until, error.answer, kind=EventKind.RESTED, now=now)


def _after_lost_sign_in(lane: Lane, error: AuthError, *, now: datetime) -> datetime | None:
    until = None
    if _is_worth_a_new_token(lane, error):
        until = _after_refused_token(lane, error, now=now)
    else:
        account_state.remember_trouble(lane.account, error.answer)
    account = lane.account
    if account.state != AccountState.CONNECTED:
        logger.error(
            "Account %s: %s, %s",
            account.pk,
            account.state,
            account.last_error_code,
            extra={"account_id": account.pk, "code": account.last_error_code},
        )
    return until


def _is_worth_a_new_token(lane: Lane, error: AuthError) -> bool:
    """Say whether a renewal may help. Where fresh tokens are refused, as by a policy that Exchange
    evaluates itself, Entra would give new ones for ever."""
    return (
        error.is_of_token and MicrosoftAccount.objects.count_refusal(lane.account) <= MOST_RENEWALS
    )


def _after_refused_token(lane: Lane, refused: AuthError, *, now: datetime) -> datetime | None:
    """Renew the token: it may have been revoked although the sign-in lives."""
    try:
        lane.renew_token(force=True)
    except AuthError:
        return None  # the renewal has kept the account's new state
    except SendError as error:
        return after_error(lane, error, now=now)
    until = now + REFUSED_TOKEN_REST
    return _rest(lane, until, refused.answer, kind=EventKind.RESTED, now=now)


def _rest(
    lane: Lane, until: datetime, answer: Answer, *, kind: EventKind, now: datetime
) -> datetime:
    account, code = lane.account, answer.code or str(answer.status)
    logger.warning(
        "Account %s rests until %s: %s",
        account.pk,
        until,
        code,
        extra={"account_id": account.pk, "code": code},
    )
    with transaction.atomic():
        MicrosoftAccount.objects.filter(pk=account.pk).update(rests_until=until, rest_code=code)
        ConnectionEvent.objects.note_rest(
            kind, account=account.address, code=code, now=now, until=until
        )
    return until


def note_full_day(lane: Lane, row: Notification, *, now: datetime) -> datetime:
    """Note that nothing that is due fits into the limit of recipients a day. Returns when `row`
    will."""
    account, until = lane.account, lane.pace.room_at(row, now=now)
    with transaction.atomic():
        # Not if a Save has changed the limit meanwhile; none can until this is committed.
        ours = EmailSettings.objects.select_for_update().filter(version=lane.version)
        if ours.first():
            account.day_full_until = until
            account.save(update_fields=["day_full_until"])
        ConnectionEvent.objects.note_rest(
            EventKind.DAY_FULL, account=account.address, code=_DAY_IS_FULL, now=now, until=until
        )
    return until


def end_full_day(lane: Lane) -> None:
    """Note that what is due fits into the limit of recipients again."""
    if lane.account.day_full_until:
        lane.account.day_full_until = None
        MicrosoftAccount.objects.filter(pk=lane.account.pk).update(day_full_until=None)
