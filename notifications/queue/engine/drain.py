"""One drain: take the lane, settle what is in doubt, claim, send, record.

The database is asked by this thread only; no transaction is open while Microsoft is. A fault of
ours ends a drain, which then raises it.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from notifications import retry
from notifications.backends.base import Receipt
from notifications.backends.errors import AuthError, SendError, ThrottledError, UnknownOutcomeError
from notifications.errors import Contained
from notifications.mailbox import recovery
from notifications.mailbox.connection import Connection
from notifications.models import EmailSettings, Notification, QueueState
from notifications.queue import obstacles
from notifications.queue.selection import Choice, Selection, next_due

from . import doubts, rest
from .gathering import Finished
from .in_flight import Event, InFlight
from .lane import Lane
from .senders import REFILL, Senders, capacity

logger = logging.getLogger(__name__)

DRAIN_TIME = timedelta(seconds=30)
# A worker is killed 5 s after it was told to stop.
STOP_TIME = timedelta(seconds=4)
# What is still under way may take so long after a fault of the loop.
FAULT_TIME = timedelta(milliseconds=500)
_TICK = timedelta(milliseconds=250)


def drain(*, worker: str, is_stopping: Callable[[], bool] = lambda: False) -> datetime | None:
    """Send what is due. Returns when the next drain has something to do; None = when woken."""
    now = timezone.now()
    Notification.objects.expire(now=now)
    saved = EmailSettings.objects.current()
    state = QueueState.objects.current()
    held_by = obstacles.of_sending(saved, state, now=now)
    if held_by and held_by.is_of_account and recovery.try_again(saved, now=now):
        held_by = obstacles.of_sending(saved, state, now=now)
    if held_by:
        return held_by.until
    cloud = Connection.of(saved.values()).cloud.key
    due_at = next_due(cloud)
    if due_at is None or due_at > now:
        return due_at
    lane = Lane.take(saved, owner=worker, now=now)
    if lane is None:
        # Its drainer looks once more after it has left the lane.
        return None
    wake_at = _Drain(lane, is_stopping).run()
    return wake_at or next_due(cloud)


class _Drain:
    """The loop over one lane: claim, hand to the threads, record, until it is over."""

    def __init__(self, lane: Lane, is_stopping: Callable[[], bool]) -> None:
        self._lane = lane
        self._is_stopping = is_stopping
        self._selection = Selection(lane.cloud, lane.pace.fitting)
        self._senders = Senders(lane.backend)
        self._ends_at = timezone.now() + DRAIN_TIME
        self._in_flight = InFlight(lane, self._senders)
        self._done, self._claimed_at = 0, time.monotonic()
        self._is_over = self._is_broken = False
        self._wake_at: datetime | None = None

    def run(self) -> datetime | None:
        """Go on until nothing is due, the time is over, or an error concerns the whole lane.
        Raises the fault of ours that ended it."""
        account = self._lane.account.pk
        try:
            with Contained(logger, "sending for account %s", account, account_id=account) as sent:
                self._send_what_is_due()
            if sent.error:
                self._end_after(sent.error)
            self._wait_for_in_flight()
        finally:
            self._senders.close()
            is_quiet = not self._senders.under_way and not self._is_stopping()
            self._lane.leave(is_quiet=is_quiet)
        if self._in_flight.fault:
            raise self._in_flight.fault
        return self._wake_at

    def _send_what_is_due(self) -> None:
        try:
            self._lane.renew_token()
            if not (
                doubts.settle(self._lane, is_over=self._has_to_end)
                and doubts.look_up_restored(self._lane, is_over=self._has_to_end)
            ):
                self._wake_at = timezone.now() + retry.DEFAULT_REST
            while self._claim() or self._is_busy() or self._waits_for_pace():
                self._handle(self._senders.events(_TICK))
        except SendError as error:
            self._halt(error)

    def _has_to_end(self) -> bool:
        is_late = timezone.now() >= self._ends_at
        return is_late or self._is_stopping() or self._in_flight.fault is not None

    def _is_busy(self) -> bool:
        is_fine = self._in_flight.fault is None
        return is_fine and self._in_flight.has_more_to_come and not self._is_stopping()

    def _claim(self) -> bool:
        """Start what may start now, and say whether anything did."""
        if self._has_to_end():
            self._end()
        now = timezone.now()
        count = self._free(now)
        if self._is_over or count <= 0:
            return False
        if not self._lane.is_current(now=now):
            # Saved settings take effect at once, with the next drain.
            self._end(wake_at=now)
            return False
        self._lane.renew_token()
        with transaction.atomic():
            choice = self._selection.choose(count, now=now)
            pks = [row.pk for row in choice.rows]
            taken = Notification.objects.claim(
                pks, worker=self._lane.owner, now=now, lease=settings.CLAIM_LEASE
            )
        self._done, self._claimed_at = 0, time.monotonic()
        self._note_day(choice, now)
        for row in choice.rows:
            if row.pk in taken:
                self._in_flight.start(row)
        return bool(taken)

    def _free(self, now: datetime) -> int:
        """Count how many more messages the threads should have: as many as leave in a while, judged
        by the last claim, and no more than the pace allows."""
        if self._lane.is_on_probation:
            return 1 - len(self._in_flight)
        if len(self._in_flight) > REFILL:
            return 0  # several at a time cost the same queries as one
        wanted = capacity(self._done, time.monotonic() - self._claimed_at) - len(self._in_flight)
        allowed = self._lane.pace.allowance(now=now)
        return wanted if allowed is None else min(wanted, allowed)

    def _note_day(self, choice: Choice, now: datetime) -> None:
        if choice.too_large is None:
            rest.end_full_day(self._lane)
        elif not choice.rows and not self._in_flight:
            self._end(wake_at=rest.note_full_day(self._lane, choice.too_large, now=now))

    def _waits_for_pace(self) -> bool:
        """Say whether due rows wait for nothing but the pace, and not beyond this drain's end."""
        now, pace = timezone.now(), self._lane.pace
        if self._is_over or pace.allowance(now=now) != 0:
            return False
        if not self._selection.is_anything_due(now=now):
            return False
        if pace.next_allowed_at() < self._ends_at:
            return True
        self._wake_at = pace.next_allowed_at()
        return False

    def _handle(self, events: list[Event]) -> None:
        """Record, then do what concerns the whole lane, which may ask Microsoft."""
        for row, event in self._in_flight.keep(events):
            self._finish(row, event)

    def _finish(self, row: Notification, event: Finished) -> None:
        self._done += 1
        if isinstance(event.outcome, Receipt):
            self._lane.note_success(now=timezone.now())
        elif not isinstance(event.outcome, UnknownOutcomeError):
            self._lane.pace.give_back(len(row.recipients), was_tried=True)
        if isinstance(event.outcome, AuthError | ThrottledError):
            self._halt(event.outcome)

    def _halt(self, error: SendError) -> None:
        """Start nothing more; several messages may bring the same news."""
        if not self._is_over:
            self._end(wake_at=rest.after_error(self._lane, error, now=timezone.now()))

    def _end(self, *, wake_at: datetime | None = None) -> None:
        """Claim nothing more, and give back what no thread has begun."""
        self._is_over, self._wake_at = True, self._wake_at or wake_at
        for row in self._in_flight.give_back():
            self._lane.pace.give_back(len(row.recipients), was_tried=False)

    def _end_after(self, fault: Exception) -> None:
        self._is_broken, self._in_flight.fault = True, self._in_flight.fault or fault
        account = self._lane.account.pk
        with Contained(logger, "giving back what account %s has not begun", account):
            self._end()

    def _wait_for_in_flight(self) -> None:
        """Record what is still under way, for no longer than STOP_TIME once the worker has to
        stop, or FAULT_TIME after a fault of the loop itself. A row that cannot be recorded is no
        reason to lose the outcomes of others. A later drain settles what has none by then."""
        give_up_at: datetime | None = None
        while self._in_flight.has_more_to_come:
            now = timezone.now()
            if self._is_broken or self._is_stopping():
                give_up_at = give_up_at or now + (FAULT_TIME if self._is_broken else STOP_TIME)
            if give_up_at and now >= give_up_at:
                break
            self._handle(self._senders.events(_TICK))
        self._in_flight.leave_in_doubt()
