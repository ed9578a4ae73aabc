"""What waits in the queue, and since when: one count for pages, commands, metrics and alarms."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q

from notifications.models import Attempt, Notification
from notifications.models.attempt import Result
from notifications.models.status import Status
from notifications.models.transitions.rows import waits_since

# With something accepted this recently, a queue is only long.
_FLOWS = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Waiting:
    """The pending notifications. `due` counts those whose time has come, also where a try has
    failed and the next one is later; `oldest_at` is when the oldest of them was due, or was told
    to go again. `scheduled` counts those whose time has not come, `next_at` is the next of them.
    `tryable_since` is the oldest of those that may be tried now. `elsewhere` were made for another
    cloud, and count nowhere else."""

    due: int
    oldest_at: datetime | None
    tryable_since: datetime | None
    scheduled: int
    next_at: datetime | None
    elsewhere: int


def read(cloud: str, *, now: datetime) -> Waiting:
    """Count. It costs one query."""
    here, is_due, is_later = Q(cloud=cloud), Q(since__lte=now), Q(since__gt=now)
    pending = Notification.objects.filter(status=Status.PENDING).order_by()
    found = pending.annotate(since=waits_since()).aggregate(
        due=Count("pk", filter=here & is_due),
        oldest_at=Min("since", filter=here & is_due),
        tryable_since=Min("since", filter=here & is_due & Q(due_at__lte=now)),
        scheduled=Count("pk", filter=here & is_later),
        next_at=Min("since", filter=here & is_later),
        elsewhere=Count("pk", filter=~here),
    )
    return Waiting(**found)


def is_anything(cloud: str) -> bool:
    """Say whether anything would leave from here, now or later."""
    return Notification.objects.filter(status=Status.PENDING, cloud=cloud).exists()


def flows(*, now: datetime) -> bool:
    """Say whether something was accepted just now."""
    return Attempt.objects.filter(at__gte=now - _FLOWS, result=Result.ACCEPTED).exists()
