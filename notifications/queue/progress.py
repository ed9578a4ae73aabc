"""Whether the queue moves. A worker that is alive may still do nothing, so it is not its heartbeat
that counts, but that something which is due was tried."""

from dataclasses import dataclass
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

from .selection import sendable

# What is due may wait so long for a drain, and a row whose claim has run out for its settling.
PATIENCE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Standstill:
    """The oldest notification with which nobody goes on, and who has the lane ("" = nobody)."""

    notification: int
    lane_owner: str


def standstill(saved: EmailSettings, state: QueueState, *, now: datetime) -> Standstill | None:
    """Return what stands still, supposed that nothing holds it. It costs one query while nothing
    waits for long."""
    since, account = now - PATIENCE, saved.account
    if account is None:
        return None
    late = Q(status=Status.PENDING, due_at__lte=since)
    late |= Q(status=Status.SENDING, claimed_until__lt=since)
    if not Notification.objects.filter(late).exists() or _free_since(saved, state, now) > since:
        return None
    stuck = Notification.objects.in_doubt(now=since)
    if not _was_tried(since):
        stuck |= sendable(Connection.of(saved.values()).cloud.key).filter(due_at__lte=since)
    pk = stuck.order_by("pk").values_list("pk", flat=True).first()
    return None if pk is None else Standstill(pk, account.lane_owner)


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
