"""Which rows may be sent, and when there is something to do next."""

from datetime import datetime

from notifications.models import Notification, QueueState
from notifications.models.status import Status
from notifications.models.transitions import NotificationQuerySet


def sendable(cloud: str) -> NotificationQuerySet:
    """Pending rows that neither a pause nor another cloud keeps here."""
    rows = Notification.objects.filter(status=Status.PENDING, cloud=cloud, look_up_first=False)
    return _unpaused(rows)


def _unpaused(rows: NotificationQuerySet) -> NotificationQuerySet:
    if QueueState.objects.current().paused_at:
        rows = rows.filter(past_pause=True)
    return rows


def next_due(cloud: str) -> datetime | None:
    """When the next row has to be sent, or settled."""
    waiting = Notification.objects.filter(status=Status.PENDING, cloud=cloud)
    due = _unpaused(waiting).order_by("due_at").values_list("due_at", flat=True).first()
    doubtful = Notification.objects.filter(status=Status.SENDING).order_by("claimed_until")
    settled_at = doubtful.values_list("claimed_until", flat=True).first()
    return min((time for time in (due, settled_at) if time), default=None)
