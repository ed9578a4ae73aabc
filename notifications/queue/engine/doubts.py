"""Rows of which nobody knows whether they left: the mailbox is asked, before anything else is
sent. One of which nothing can be learned is asked about again later, and keeps no other from
leaving. Both functions say whether all went as it should, rather than that Microsoft gave no
answer; they raise an AuthError or ThrottledError, which concerns all mail."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.utils import timezone

from notifications import retry
from notifications.backends.base import Outcome
from notifications.backends.errors import AuthError, SendError, ThrottledError
from notifications.errors import Contained
from notifications.log.entries import AttemptFacts
from notifications.models import Notification
from notifications.models.settings import DoubtPolicy, SettingsValues
from notifications.models.status import Status
from notifications.models.transitions.rows import NotificationQuerySet
from notifications.queue.outgoing import message_of

from .lane import Lane
from .outcomes import fail_for_our_fault, record_settled

logger = logging.getLogger(__name__)

# Looked up in the mailbox in one drain, one request each.
LOOK_UPS = 50


def settle(lane: Lane, *, is_over: Callable[[], bool]) -> bool:
    """Settle rows whose sender died or did not learn the outcome."""
    now, lease = timezone.now(), settings.CLAIM_LEASE
    rows = Notification.objects

    def take(row: Notification) -> bool:
        return rows.adopt(row, worker=lane.owner, now=now, lease=lease)

    went_well = _settle_each(lane, rows.in_doubt(now=now), take, is_over)
    if not went_well:
        # No answer came, and none would for the others. They have their turn before the one that
        # was asked about, whose grace begins later.
        rows.put_off_doubts(now=now, until=now + settings.DOUBT_GRACE)
    return went_well


def look_up_restored(lane: Lane, *, is_over: Callable[[], bool]) -> bool:
    """Look up what waits in a restored database: it may have left since the backup was made."""
    now, lease = timezone.now(), settings.CLAIM_LEASE
    rows = Notification.objects

    def take(row: Notification) -> bool:
        return bool(rows.claim([row.pk], worker=lane.owner, now=now, lease=lease))

    waiting = rows.filter(status=Status.PENDING, look_up_first=True)
    return _settle_each(lane, waiting, take, is_over)


def _settle_each(
    lane: Lane,
    rows: NotificationQuerySet,
    take: Callable[[Notification], bool],
    is_over: Callable[[], bool],
) -> bool:
    for row in rows.for_sending()[:LOOK_UPS]:
        if is_over():
            break
        if take(row) and not _is_answered(lane, row):
            return False
    return True


def _is_answered(lane: Lane, row: Notification) -> bool:
    """Settle one row. Say whether there was an answer at all: to wait for none takes its time, and
    would be the same for the next row. A bug of ours leaves the row for as long as it is claimed.
    """
    text = "settling notification %s"
    try:
        with Contained(logger, text, row.pk, passing=SendError, notification_id=row.pk):
            _settle(lane, row)
    except (AuthError, ThrottledError):
        raise
    except SendError as error:
        code = error.answer.code
        logger.warning(
            "Notification %s cannot be settled yet: %s",
            row.pk,
            code,
            extra={"notification_id": row.pk, "code": code},
        )
        return bool(error.answer.status)
    return True


def _settle(lane: Lane, row: Notification) -> None:
    if row.look_up_first:
        _ask_and_record(lane, row, "")
    elif row.reference:
        _ask_and_record(lane, row, row.reference)
    elif row.attempts < retry.MOST_ATTEMPTS:
        # No checkpoint, so the order to send was never given.
        Notification.objects.give_back([row.pk], worker=lane.owner)
    else:
        account = lane.account.address
        fail_for_our_fault(row, worker=lane.owner, account=account, now=timezone.now())


def _ask_and_record(lane: Lane, row: Notification, reference: str) -> None:
    outcome = _ask(lane, row, reference)
    message = message_of(row, lane.values, account=lane.account.address)
    record_settled(
        row,
        AttemptFacts(message, lane.values.api, lane.owner),
        outcome,
        may_send_again=_may_send_again(lane.values),
        now=timezone.now(),
    )


def _ask(lane: Lane, row: Notification, reference: str) -> Outcome:
    try:
        return lane.backend.settle(reference, message_id=row.message_id)
    except SendError:
        until = timezone.now() + settings.DOUBT_GRACE
        Notification.objects.leave_in_doubt(row.pk, worker=lane.owner, until=until)
        raise


def _may_send_again(values: SettingsValues) -> bool:
    """The policy is offered for sending without protection only."""
    return values.doubt_policy == DoubtPolicy.SEND_AGAIN and not values.protection
