"""A lane's turn in the loop: settle what is in doubt, then claim and hand over, until it is over.

A turn never waits. Its owner calls `step` when `next_at` has come or something was heard, and all
that waits for Microsoft is done by the sender threads, but for the renewal of a token.
"""

import logging
from datetime import datetime, timedelta

from django.utils import timezone

from notifications import retry
from notifications.backends.base import Outcome, Receipt
from notifications.backends.errors import AuthError, SendError, ThrottledError, UnknownOutcomeError
from notifications.errors import Contained
from notifications.models import Notification

from . import rest
from .claims import Claims
from .doubts import Doubts
from .in_flight import InFlight
from .jobs import Finished, Outlet, Question, Told
from .lane import Lane
from .senders import Senders

logger = logging.getLogger(__name__)

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
        self._claims = Claims(lane, self._in_flight, ends_at=ends_at)
        self._is_asking = self._is_over = False
        self.next_at = timezone.now()
        self._give_up_at: datetime | None = None
        self.wake_at: datetime | None = None
        self.fault: Exception | None = None

    def look(self) -> None:
        """Look for rows now: somebody has queued one."""
        self._claims.look_at = self.next_at = timezone.now()

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
        found = self._claims.go_on(now)
        if found.ends:
            self._end(wake_at=found.wake_at)
        elif found.at:
            self.next_at = found.at

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
