"""Whether the queue moves. A worker that is alive may still do nothing, so it is not its heartbeat
that counts, but that something which is due was tried."""

from datetime import datetime, timedelta

from django.db.models import Q

from notifications.mailbox.connection import Connection
from notifications.models import (
    Attempt,
    ConnectionEvent,
    EmailSettings,
    Notification,
    QueueState,
)
from notifications.models.attempt import Result
from notifications.models.status import Status
from notifications.models.transitions.rows import waits_since
from notifications.queue.selection import sendable

# What is due may wait so long for a drain, and a row whose claim has run out for its settling.
PATIENCE = timedelta(minutes=5)


def standstill(saved: EmailSettings, state: QueueState, *, now: datetime) -> int | None:
    """Return the number of the oldest notification with which nobody goes on, supposed that nothing
    holds it. It costs one query while nothing waits for long."""
    since = now - PATIENCE
    if saved.account is None or not is_anything_late(now=now):
        return None
    if _free_since(saved, state, now) > since:
        return None
    stuck = Notification.objects.in_doubt(now=since)
    if not _was_tried(since):
        cloud = Connection.of(saved.values()).cloud.key
        stuck |= sendable(Notification.objects.all(), cloud).filter(due_at__lte=since)
    return stuck.order_by("pk").values_list("pk", flat=True).first()


def is_anything_late(*, now: datetime) -> bool:
    """Say whether something waits for longer than anything should that nothing holds, also where
    its next try is later."""
    since = now - PATIENCE
    late = Q(status=Status.PENDING, since__lte=since)
    late |= Q(status=Status.SENDING, claimed_until__lt=since)
    return Notification.objects.annotate(since=waits_since()).filter(late).exists()


def _free_since(saved: EmailSettings, state: QueueState, now: datetime) -> datetime:
    """Tell since when nothing holds mail: what waited for a pause or a rest was not tried then."""
    account = saved.account
    event = ConnectionEvent.objects.values_list("at", flat=True).first()
    ends = [state.taken_over_at, event]
    if account:
        ends += [account.rests_until, account.day_full_until]
    return max((end for end in ends if end and end <= now), default=now - 2 * PATIENCE)


def _was_tried(since: datetime) -> bool:
    tried = Attempt.objects.filter(at__gte=since, is_test=False)
    return tried.exclude(result=Result.REFUSED).exists()
