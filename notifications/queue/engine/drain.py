"""One drain: a loop over the lanes of all mailboxes that have something to do.

The database is asked by this thread only; no transaction is open while Microsoft is. A fault of
ours ends the turn of its lane, and is raised once the others have ended.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.utils import timezone

from notifications.errors import Contained
from notifications.mailbox import recovery
from notifications.models import Notification, QueueState
from notifications.queue.holding import obstacles
from notifications.queue.selection import next_due

from . import mailbox as mailboxes
from .claims import LOOK
from .jobs import Outlet, Told
from .lane import Lane
from .mailbox import Mailbox, Mailboxes
from .senders import Senders
from .turn import Turn

logger = logging.getLogger(__name__)

DRAIN_TIME = timedelta(seconds=30)
# A worker is killed 5 s after it was told to stop.
STOP_TIME = timedelta(seconds=4)
# Nobody wakes the loop when something is wanted of it, or when it has to stop.
_TICK = timedelta(milliseconds=20)


def drain(
    *,
    worker: str,
    is_stopping: Callable[[], bool] = lambda: False,
    is_wanted: Callable[[], bool] = lambda: False,
    among: Mailboxes = mailboxes.saved,
) -> datetime | None:
    """Send what is due from these mailboxes. `is_wanted` says once that something was queued
    meanwhile. Returns when the next drain has something to do; None = when woken."""
    Notification.objects.expire(now=timezone.now())
    return _Loop(among, worker, is_stopping, is_wanted).run()


class _Loop:
    """Each mailbox with something to do has its turn; a turn that waits costs nothing."""

    def __init__(
        self,
        among: Mailboxes,
        worker: str,
        is_stopping: Callable[[], bool],
        is_wanted: Callable[[], bool],
    ) -> None:
        self._among, self._worker = among, worker
        self._is_stopping, self._is_wanted = is_stopping, is_wanted
        self._ends_at = timezone.now() + DRAIN_TIME
        self._senders = Senders()
        self._turns: dict[int, Turn] = {}
        self._wake_at: dict[int, datetime] = {}
        self._fault: Exception | None = None

    def run(self) -> datetime | None:
        try:
            self._admit_all()
            while self._turns:
                self._step()
                self._let_go()
                if self._turns:
                    self._hear(self._senders.events(self._pause()))
                if self._is_to_look():
                    self._admit_all()
        finally:
            for key in list(self._turns):
                self._leave(key, is_stopping=True)
            self._senders.close()
        if self._fault:
            raise self._fault
        return min(self._wake_at.values(), default=None)

    def _admit_all(self) -> None:
        """Give each mailbox a turn that has none and has something to do."""
        state = QueueState.objects.current()
        for mailbox in self._among():
            key = mailbox.account.pk if mailbox.account else 0
            if turn := self._turns.get(key):
                turn.look()
                continue
            self._wake_at.pop(key, None)
            with Contained(logger, "beginning with account %s", key, account_id=key) as begun:
                self._admit(mailbox, key, state)
            self._fault = self._fault or begun.error

    def _admit(self, mailbox: Mailbox, key: int, state: QueueState) -> None:
        now, saved = timezone.now(), mailbox.settings
        held_by = obstacles.of_sending(saved, state, now=now)
        if held_by and held_by.is_of_account and recovery.try_again(saved, now=now):
            held_by = obstacles.of_sending(saved, state, now=now)
        cloud = mailbox.connection.cloud.key
        due_at = held_by.until if held_by else next_due(mailbox.rows, cloud, state, now=now)
        if held_by or due_at is None or due_at > now:
            self._wake(key, due_at)
            return
        lane = Lane.take(mailbox, owner=self._worker, now=now)
        if lane:  # else its drainer looks once more after it has left
            self._turns[key] = Turn(lane, self._senders, ends_at=self._ends_at)

    def _wake(self, key: int, when: datetime | None) -> None:
        if when:
            self._wake_at[key] = when

    def _is_to_look(self) -> bool:
        """Say whether a row was queued, or another mailbox has something to do again. A mailbox
        that is the last is left to the next drain, and so is all at the end."""
        now = timezone.now()
        if now >= self._ends_at:
            return False
        is_due = min(self._wake_at.values(), default=self._ends_at) <= now
        return self._is_wanted() or (is_due and bool(self._turns))

    def _step(self) -> None:
        now, is_stopping = timezone.now(), self._is_stopping()
        for key, turn in self._turns.items():
            if is_stopping:
                turn.give_up(after=STOP_TIME)
            if is_stopping or turn.next_at <= now or now >= self._ends_at:
                with Contained(logger, "sending for account %s", key, account_id=key) as stepped:
                    turn.step(is_stopping=is_stopping)
                if stepped.error:
                    turn.break_off(stepped.error)

    def _let_go(self) -> None:
        """End the turns that have nothing more to do. Rows may have come since they looked."""
        for key in [key for key, turn in self._turns.items() if turn.is_left()]:
            turn = self._leave(key, is_stopping=self._is_stopping())
            self._wake(key, turn.wake_at or self._next_due(turn.lane))

    def _leave(self, key: int, *, is_stopping: bool) -> Turn:
        """A lane that cannot be given back is free when its lease ends; the others go on."""
        turn = self._turns.pop(key)
        with Contained(logger, "leaving account %s", key, account_id=key) as left:
            turn.leave(is_stopping=is_stopping)
        self._fault = self._fault or turn.fault or left.error
        return turn

    def _next_due(self, lane: Lane) -> datetime | None:
        """Tell when the lane has something to do again. While others go on that is not at once: a
        turn that comes to nothing would be repeated without end."""
        now = timezone.now()
        due_at = next_due(lane.rows, lane.cloud, QueueState.objects.current(), now=now)
        return max(due_at, now + LOOK) if due_at and self._turns else due_at

    def _pause(self) -> timedelta:
        next_at = min(turn.next_at for turn in self._turns.values())
        return max(timedelta(0), min(_TICK, next_at - timezone.now()))

    def _hear(self, events: list[Told]) -> None:
        told: dict[Outlet, list[Told]] = {}
        for event in events:
            told.setdefault(event.job.outlet, []).append(event)
        for key, turn in self._turns.items():
            if heard := told.get(turn.outlet):
                with Contained(logger, "sending for account %s", key, account_id=key) as done:
                    turn.hear(heard)
                if done.error:
                    turn.break_off(done.error)
