"""The state of the queue in figures: for the command line, the queue's page and the dashboard."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from notifications.mailbox import account_state, credential_expiry
from notifications.mailbox.account_state import ShownState
from notifications.mailbox.connection import Connection
from notifications.models import EmailSettings, QueueState, Worker
from notifications.models.status import DECIDED_BY_PEOPLE, Status

from . import waiting
from .holding import obstacles
from .holding.obstacles import Obstacle
from .waiting import Waiting

_LONG = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class QueueStatus:
    """`cloud` is where mail leaves to. `counts` has the statuses that the queue shows, also those
    without a row. `oldest_pending_at` is when the oldest pending one was due: a scheduled one is
    not pending for anybody. `workers` are those that are alive, by name."""

    cloud: str
    counts: dict[str, int]
    waits: Waiting
    oldest_pending_seconds: int | None
    account: str
    account_state: ShownState
    lane_is_taken: bool
    rests_until: datetime | None
    workers: list[Worker]
    obstacles: list[Obstacle]
    state: QueueState
    credential_ends_on: date | None
    credential_days_left: int | None
    empty_at: datetime | None
    saved: EmailSettings

    @property
    def needs_you(self) -> int:
        """Count those that stay until a person has decided about them."""
        return sum(self.counts[each] for each in DECIDED_BY_PEOPLE) + self.waits.elsewhere

    @property
    def pending(self) -> int:
        """Count the pending ones without those that are scheduled for later, or never leave."""
        return self.counts[Status.PENDING] - self.waits.scheduled - self.waits.elsewhere

    @property
    def waiting(self) -> int:
        """Count those that are due or being sent, and leave by themselves."""
        return self.waits.due + self.counts[Status.SENDING]

    @property
    def oldest_pending_at(self) -> datetime | None:
        return self.waits.oldest_at

    def waits_since_long(self, *, now: datetime) -> timedelta | None:
        """Tell how long the oldest pending one has waited, where a person should say what becomes
        of those that wait: while paused, on a database that was taken over, or after a day."""
        oldest, taken_over_at = self.oldest_pending_at, self.state.taken_over_at
        if oldest is None:
            return None
        waited = now - oldest
        came_with_it = taken_over_at is not None and oldest < taken_over_at
        return waited if self.state.paused_at or came_with_it or waited > _LONG else None

    def as_json(self) -> dict[str, Any]:
        """Say it as `queue --json` does: times in ISO 8601, UTC."""
        oldest, rests = self.oldest_pending_at, self.rests_until
        next_at = self.waits.next_at
        return {
            "counts": self.counts,
            "scheduled": self.waits.scheduled,
            "next_scheduled_at": next_at.isoformat() if next_at else None,
            "oldest_pending_at": oldest.isoformat() if oldest else None,
            "oldest_pending_seconds": self.oldest_pending_seconds,
            "lane": {
                "account": self.account,
                "state": self.account_state,
                "taken": self.lane_is_taken,
                "rests_until": rests.isoformat() if rests else None,
            },
            "workers": len(self.workers),
            "credential": {
                "ends_on": str(self.credential_ends_on) if self.credential_ends_on else None,
                "days_left": self.credential_days_left,
            },
            "empty_at": self.empty_at.isoformat() if self.empty_at else None,
            "obstacles": [each.as_json() for each in self.obstacles],
        }


def read(*, now: datetime, saved: EmailSettings | None = None) -> QueueStatus:
    """Read the state now. It costs the same few queries, whatever the queue holds; `saved` spares
    the one for the settings."""
    saved = saved or EmailSettings.objects.current()
    state = QueueState.objects.with_smtp_certificate(now=now).current()
    account, connection = saved.account, Connection.of(saved.values())
    values, cloud = connection.values, connection.cloud.key
    counts, waits = waiting.read_queue(cloud, now=now)
    oldest = waits.oldest_at
    alive = list(Worker.objects.alive(now=now).order_by("name"))
    held_back_by = obstacles.current(saved, state, now=now, waits=waits, alive=alive)
    return QueueStatus(
        cloud=cloud,
        counts=counts,
        waits=waits,
        oldest_pending_seconds=int((now - oldest).total_seconds()) if oldest else None,
        account=account.address if account else "",
        account_state=account_state.shown_state(account, connection.cloud),
        lane_is_taken=bool(account and account.lane_until and account.lane_until > now),
        rests_until=account.rests_until if account and account.is_resting(now=now) else None,
        workers=alive,
        obstacles=held_back_by,
        state=state,
        credential_ends_on=credential_expiry.ends_on(values),
        credential_days_left=credential_expiry.days_left(values, now.date()),
        empty_at=_empty_at(saved, waits.due, held_back_by, now=now),
        saved=saved,
    )


def _empty_at(
    saved: EmailSettings, due: int, held_back_by: list[Obstacle], *, now: datetime
) -> datetime | None:
    """Tell when what is due should have left at the set pace; None where nobody can say."""
    is_held = any(each.holds_mail for each in held_back_by)
    if not due or not saved.messages_a_minute or is_held:
        return None
    return now + timedelta(minutes=due / saved.messages_a_minute)
