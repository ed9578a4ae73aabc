"""Which rows leave next, and when there is something to do next. It changes nothing, but that rows
wait which Exchange would not deliver (outside_hold.py)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from notifications.models import Notification, QueueState
from notifications.models.status import Status
from notifications.models.transitions.rows import NotificationQuerySet

from . import outside_hold

# Of so many messages one is the oldest due one, so that bulk moves on behind urgent mail.
FAIR_SHARE = 8
# So many are looked through for some that the day's limit of recipients still has room for.
LOOK_AHEAD = 500

# Those of some rows that may leave under the day's limit of recipients (Pace.fitting).
Fitting = Callable[[Iterable[Notification]], list[Notification]]


@dataclass(frozen=True, slots=True)
class Choice:
    """`too_large` is the first of the rows that are due and do not fit into the day. Where there
    are no `rows`, none that is due does, and it leaves when the day has room for it."""

    rows: list[Notification] = field(default_factory=list)
    too_large: Notification | None = None


class Selection:
    """Chooses rows by priority, and a share of the oldest whatever their priority. It remembers
    how many it has named since it named the last oldest one."""

    def __init__(self, rows: NotificationQuerySet, cloud: str, fitting: Fitting) -> None:
        self._rows = rows
        self._cloud = cloud
        self._fitting = fitting
        self._since_oldest = 0

    def choose(self, count: int, *, now: datetime) -> Choice:
        """Choose at most `count` rows that may leave now. Where not all that come first fit into
        the day, later ones take their place."""
        due = sendable(self._rows, self._cloud).due(now=now).for_sending()
        outside_hold.put_off(due, now=now)
        first = self._first(due, count)
        rows = self._fitting(first)
        if len(rows) == len(first):
            return Choice(rows)
        fitting = {row.pk for row in rows}
        too_large = next(row for row in first if row.pk not in fitting)
        ahead = self._fitting(due[:LOOK_AHEAD])
        return Choice(ahead[:count], too_large)

    def is_anything_due(self, *, now: datetime) -> bool:
        return sendable(self._rows, self._cloud).due(now=now).exists()

    def _first(self, due: NotificationQuerySet, count: int) -> list[Notification]:
        rows = list(due[:count])
        self._since_oldest += len(rows)
        if len(rows) < count or self._since_oldest < FAIR_SHARE:
            return rows
        share, self._since_oldest = divmod(self._since_oldest, FAIR_SHARE)
        oldest = due.order_by("due_at", "pk").values_list("pk", flat=True)[:share]
        missing = set(oldest) - {row.pk for row in rows}
        if missing:
            rows[-len(missing) :] = due.filter(pk__in=missing)
        return rows


def sendable(rows: NotificationQuerySet, cloud: str) -> NotificationQuerySet:
    """Return those of `rows` that are pending, and that neither a pause nor another cloud keeps
    here."""
    waiting = rows.filter(status=Status.PENDING, cloud=cloud, look_up_first=False)
    return _unpaused(waiting, QueueState.objects.current())


def next_due(
    rows: NotificationQuerySet, cloud: str, state: QueueState, *, now: datetime
) -> datetime | None:
    """Tell when the next of `rows` has to be sent, or settled; where something is due, any moment
    that has passed."""
    waiting = _unpaused(rows.filter(status=Status.PENDING, cloud=cloud), state)
    due: datetime | None = waiting.order_by("due_at").values_list("due_at", flat=True).first()
    if due and due <= now:
        return due
    doubtful = rows.filter(status=Status.SENDING).order_by("claimed_until")
    settled_at = doubtful.values_list("claimed_until", flat=True).first()
    return min((time for time in (due, settled_at) if time), default=None)


def _unpaused(rows: NotificationQuerySet, state: QueueState) -> NotificationQuerySet:
    return rows.filter(past_pause=True) if state.paused_at else rows
