"""Rows of which nobody knows whether they left: the mailbox is asked, before anything else is
sent. Both functions raise a SendError where Microsoft cannot be asked."""

from collections.abc import Callable

from django.conf import settings
from django.utils import timezone

from notifications.backends.base import Outcome
from notifications.backends.errors import SendError
from notifications.log.entries import AttemptFacts
from notifications.models import Notification
from notifications.models.settings import DoubtPolicy, SettingsValues
from notifications.models.status import Status

from .lane import Lane
from .outcomes import record_settled
from .outgoing import message_of

# Looked up in the mailbox in one drain, one request each.
LOOK_UPS = 50


def settle(lane: Lane) -> None:
    """Settle the rows whose sender died or did not learn the outcome."""
    now = timezone.now()
    for row in Notification.objects.in_doubt(now=now).for_sending():
        if Notification.objects.adopt(row, worker=lane.owner, now=now, lease=settings.CLAIM_LEASE):
            _settle(lane, row)


def look_up_restored(lane: Lane, *, is_over: Callable[[], bool]) -> None:
    """Look up what waits in a restored database: it may have left since the backup was made."""
    now = timezone.now()
    waiting = Notification.objects.filter(status=Status.PENDING, look_up_first=True)
    for row in waiting.for_sending()[:LOOK_UPS]:
        if is_over():
            return
        if Notification.objects.claim(
            [row.pk], worker=lane.owner, now=now, lease=settings.CLAIM_LEASE
        ):
            _ask_and_record(lane, row, "")


def _settle(lane: Lane, row: Notification) -> None:
    if row.look_up_first:
        _ask_and_record(lane, row, "")
    elif row.reference:
        _ask_and_record(lane, row, row.reference)
    else:
        # No checkpoint, so the order to send was never given.
        Notification.objects.give_back([row.pk], worker=lane.owner)


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
