"""A lane's turn in the loop: settle what is in doubt, then claim and hand over, until it is over.

A turn never waits. Its owner calls `step` when `next_at` has come or something was heard, and all
that waits for Microsoft is done by the sender threads, but for the renewal of a token.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from notifications import retry
from notifications.backends.base import Outcome, Receipt
from notifications.backends.errors import AuthError, SendError, ThrottledError, UnknownOutcomeError
from notifications.errors import Contained
from notifications.models import Notification
from notifications.queue.selection import Choice, Selection

from . import rest
from .doubts import Doubts
from .in_flight import InFlight
from .jobs import Finished, Outlet, Question, Told
from .lane import Lane
from .senders import Senders

logger = logging.getLogger(__name__)

# So many rows are claimed at a time, and more once half of them have left. Urgent mail cannot
# overtake what is claimed.
BATCH = 64
_REFILL = BATCH // 2
# What another process has queued is looked for so often while a message is under way.
LOOK = timedelta(milliseconds=100)
# What is still under way may take so long after a fault of the loop.
FAULT_TIME = timedelta(milliseconds=500)
_NEVER = timedelta(days=1)


class Turn:
    """`fault` is the bug of ours that ended it, `wake_at` when its lane has something to do next,
    as far as it is known here."""

    def __init__(self, lane: Lane, senders: Senders, *, ends_at: datetime) -> None:
        self.lane = lane
        self.outlet = Outlet(lane.backend, lane.threads)
        self._senders = senders
        self._ends_at = ends_at
        self._in_flight = InFlight(lane, self.outlet, senders)
        self._doubts: Doubts | None = Doubts(lane, self.outlet)
        self._selection = Selection(lane.rows, lane.cloud, lane.pace.fitting)
        self._is_asking = self._is_over = self._is_beyond_day = False
        self._look_at = self.next_at = timezone.now()
        self._give_up_at: datetime | None = None
        self.wake_at: datetime | None = None
        self.fault: Exception | None = None

    def look(self) -> None:
        """Look for rows now: somebody has queued one."""
        self._look_at = self.next_at = timezone.now()

    def step(self, *, is_stopping: bool) -> None:
        """Start what may start now."""
        now = timezone.now()
        self.next_at = now + _NEVER
        if is_stopping or now >= self._ends_at or self._in_flight.fault:
            self._end()
        if self._is_over:
            return
        try:
            if self._doubts:
                self._ask(self._doubts)
            else:
                self._claim(now)
        except SendError as error:
            self._halt(error)

    def hear(self, events: list[Told]) -> None:
        """Record, then do what concerns the whole lane, which may ask Microsoft."""
        self.next_at = timezone.now()
        try:
            for event in events:
                if isinstance(event, Finished) and isinstance(event.job, Question):
                    self._hear_answer(event)
            own = [event for event in events if not isinstance(event.job, Question)]
            for row, event in self._in_flight.keep(own):
                self._finish(row, event)
        except SendError as error:
            self._halt(error)

    def is_left(self) -> bool:
        """Say whether nothing more will come of it, or only what takes too long to wait for."""
        if self._give_up_at and timezone.now() >= self._give_up_at:
            return True
        is_asking = self._is_asking and self.outlet.under_way > 0
        return self._is_over and not is_asking and not self._in_flight.has_more_to_come

    def give_up(self, *, after: timedelta) -> None:
        """Wait no longer than this for what is under way."""
        self._give_up_at = self._give_up_at or timezone.now() + after

    def break_off(self, fault: Exception) -> None:
        """End after a bug of ours. A row that cannot be recorded is no reason to lose the outcomes
        of others."""
        self.fault = self.fault or fault
        self.give_up(after=FAULT_TIME)
        account = self.lane.account.pk
        with Contained(logger, "giving back what account %s has not begun", account):
            self._end()

    def leave(self, *, is_stopping: bool) -> None:
        """Give the lane back. A later drain settles what has no outcome by now."""
        self._senders.give_back(self.outlet)
        try:
            self._in_flight.leave_in_doubt()
        finally:
            self.lane.leave(is_quiet=not self.outlet.under_way and not is_stopping)
        self.fault = self.fault or self._in_flight.fault

    def _ask(self, doubts: Doubts) -> None:
        if self._is_asking:
            return
        self.lane.renew_token()
        question = doubts.next()
        if question:
            self._is_asking = True
            self._senders.start(question)
            return
        now, self._doubts = timezone.now(), None
        if not doubts.went_well:
            self.wake_at = now + retry.DEFAULT_REST
        self._claim(now)

    def _hear_answer(self, event: Finished) -> None:
        self._is_asking = False
        if self._doubts and isinstance(event.outcome, Outcome | SendError):
            self._doubts.answered(event.outcome)

    def _claim(self, now: datetime) -> None:
        """Start what may start now. Where nothing does and nothing is under way, it is over, unless
        what is due waits for nothing but the pace."""
        count = self._free(now)
        is_last_look = self._is_beyond_day and not self._in_flight
        if count > 0 and (now >= self._look_at or is_last_look):
            self._claim_up_to(count, now)
        if self._is_over:
            return
        if self._in_flight:
            self.next_at = self._look_at if count > 0 else self._next_allowed(now)
        elif not self._waits_for_pace(now):
            self._end()

    def _claim_up_to(self, count: int, now: datetime) -> None:
        if not self.lane.is_current(now=now):
            # Saved settings take effect at once, with the next turn.
            self._end(wake_at=now)
            return
        self.lane.renew_token()
        with transaction.atomic():
            choice = self._selection.choose(count, now=now)
            pks = [row.pk for row in choice.rows]
            taken = self.lane.rows.claim(
                pks, worker=self.lane.owner, now=now, lease=settings.CLAIM_LEASE
            )
        if len(choice.rows) < count:
            self._look_at = now + LOOK
        self._note_day(choice, now)
        for row in choice.rows:
            if row.pk in taken:
                self._in_flight.start(row)

    def _free(self, now: datetime) -> int:
        """Count how many more messages the threads should have, and the pace allows."""
        under_way = len(self._in_flight)
        if self.lane.is_on_probation:
            return 1 - under_way
        if under_way > _REFILL:
            return 0  # several at a time cost the same queries as one
        allowed = self.lane.pace.allowance(now=now)
        return BATCH - under_way if allowed is None else min(BATCH - under_way, allowed)

    def _next_allowed(self, now: datetime) -> datetime:
        """Tell when to look again while nothing may start: the end of a message tells it, too."""
        is_paced = self.lane.pace.allowance(now=now) == 0
        return self.lane.pace.next_allowed_at() if is_paced else now + _NEVER

    def _note_day(self, choice: Choice, now: datetime) -> None:
        self._is_beyond_day = choice.too_large is not None
        if choice.too_large is None:
            rest.end_full_day(self.lane)
        elif not choice.rows and not self._in_flight:
            self._end(wake_at=rest.note_full_day(self.lane, choice.too_large, now=now))

    def _waits_for_pace(self, now: datetime) -> bool:
        """Say whether due rows wait for nothing but the pace, and not beyond this turn's end."""
        pace = self.lane.pace
        if pace.allowance(now=now) != 0 or not self._selection.is_anything_due(now=now):
            return False
        self.next_at = self._look_at = pace.next_allowed_at()
        if self.next_at < self._ends_at:
            return True
        self.wake_at = self.next_at
        return False

    def _finish(self, row: Notification, event: Finished) -> None:
        if isinstance(event.outcome, Receipt):
            self.lane.note_success(now=timezone.now())
        elif not isinstance(event.outcome, UnknownOutcomeError):
            self.lane.pace.give_back(len(row.recipients), was_tried=True)
        if isinstance(event.outcome, AuthError | ThrottledError):
            self._halt(event.outcome)

    def _halt(self, error: SendError) -> None:
        """Start nothing more; several messages may bring the same news."""
        if not self._is_over:
            self._end(wake_at=rest.after_error(self.lane, error, now=timezone.now()))

    def _end(self, *, wake_at: datetime | None = None) -> None:
        """Claim nothing more, and give back what no thread has begun."""
        self._is_over, self.wake_at = True, self.wake_at or wake_at
        for row in self._in_flight.give_back():
            self.lane.pace.give_back(len(row.recipients), was_tried=False)
