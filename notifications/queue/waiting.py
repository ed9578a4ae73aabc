"""What waits in the queue, and since when: one count for pages, commands, metrics and alarms."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Aggregate, Count, Min, Q, TextChoices
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from notifications.counts import Counted
from notifications.models import Attempt, Notification
from notifications.models.attempt import Result
from notifications.models.status import DECIDED_BY_PEOPLE, IN_QUEUE, Status
from notifications.models.transitions.rows import NotificationQuerySet, waits_since

# With something accepted this recently, a queue is only long.
_FLOWS = timedelta(minutes=5)
MOST_COUNTED = 10_001


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
    pending = Notification.objects.filter(status=Status.PENDING).order_by()
    found = pending.annotate(since=waits_since()).aggregate(**_counts(cloud, now))
    return Waiting(**found)


def read_queue(cloud: str, *, now: datetime) -> tuple[dict[str, int], Waiting]:
    """Count also how many have each status that the queue shows. It is still one query, which goes
    through the queue once."""
    rows = Notification.objects.in_queue().order_by().annotate(since=waits_since())
    of_status = {str(each): Count("pk", filter=Q(status=each)) for each in IN_QUEUE}
    found = rows.aggregate(**of_status, **_counts(cloud, now))
    counts = {status: found.pop(status) for status in of_status}
    return counts, Waiting(**found)


def _counts(cloud: str, now: datetime) -> dict[str, Aggregate]:
    pending = Q(status=Status.PENDING)
    here = pending & Q(cloud=cloud)
    is_due, is_later = here & Q(since__lte=now), here & Q(since__gt=now)
    return {
        "due": Count("pk", filter=is_due),
        "oldest_at": Min("since", filter=is_due),
        "tryable_since": Min("since", filter=is_due & Q(due_at__lte=now)),
        "scheduled": Count("pk", filter=is_later),
        "next_at": Min("since", filter=is_later),
        "elsewhere": Count("pk", filter=pending & ~Q(cloud=cloud)),
    }


class Group(TextChoices):
    """What the queue holds, by whose turn it is."""

    NEEDS_YOU = "needs_you", _("Needs you")
    WAITING = "waiting", _("Waiting")
    SCHEDULED = "scheduled", _("Scheduled")


def of_group(group: str, cloud: str, *, now: datetime) -> NotificationQuerySet:
    """Return what waits for a person, what leaves by itself, or what waits for its time. What was
    made for another cloud than `cloud` never leaves."""
    pending, here = Q(status=Status.PENDING), Q(cloud=cloud)
    wanted = {
        Group.NEEDS_YOU: Q(status__in=DECIDED_BY_PEOPLE) | pending & ~here,
        Group.WAITING: Q(status=Status.SENDING) | pending & here & Q(since__lte=now),
        Group.SCHEDULED: pending & here & Q(since__gt=now),
    }[Group(group)]
    return Notification.objects.annotate(since=waits_since()).filter(wanted)


def is_anything(cloud: str) -> bool:
    """Say whether anything would leave from here, now or later."""
    return Notification.objects.filter(status=Status.PENDING, cloud=cloud).exists()


def flows(*, now: datetime) -> bool:
    """Say whether something was accepted just now."""
    return Attempt.objects.filter(at__gte=now - _FLOWS, result=Result.ACCEPTED).exists()


def count_due(cloud: str, *, now: datetime) -> int:
    """Count those whose time has come, up to MOST_COUNTED: what it costs has a limit, too."""
    pending = Notification.objects.filter(status=Status.PENDING, cloud=cloud).order_by()
    due = pending.annotate(since=waits_since()).filter(since__lte=now)
    count: int = due[:MOST_COUNTED].count()
    return count


def in_words(count: int) -> str:
    """Say how many wait, as `count_due` has counted them."""
    if count >= MOST_COUNTED:
        return gettext("more than %(n)s waiting") % {"n": Counted(MOST_COUNTED - 1)}
    text = ngettext("%(n)s waiting", "%(n)s waiting", count)
    return text % {"n": Counted(count)}
