"""One drain: take the lane, settle what is in doubt, claim, send, record.

The database is asked by this thread only; no transaction is open while Microsoft is.
"""

import time
from collections.abc import Callable
from contextlib import nullcontext
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from notifications.backends.base import Receipt
from notifications.backends.errors import AuthError, SendError, ThrottledError, UnknownOutcomeError
from notifications.log.entries import AttemptFacts
from notifications.mailbox.connection import Connection
from notifications.models import EmailSettings, Notification, QueueState

from . import doubts, obstacles, rest
from .gathering import Finished, Job, ReferenceToKeep
from .lane import Lane
from .outcomes import record
from .outgoing import message_of
from .selection import Choice, Selection, next_due
from .senders import REFILL, Senders, capacity

DRAIN_TIME = timedelta(seconds=30)
# A worker is killed 5 s after it was told to stop.
STOP_TIME = timedelta(seconds=4)
_TICK = timedelta(milliseconds=250)


def drain(*, worker: str, is_stopping: Callable[[], bool] = lambda: False) -> datetime | None:
    """Send what is due. Returns when the next drain has something to do; None = when woken."""
    now = timezone.now()
    Notification.objects.expire(now=now)
    saved = EmailSettings.objects.current()
    held_by = obstacles.of_sending(saved, QueueState.objects.current(), now=now)
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
        self._in_flight: dict[int, Notification] = {}
        self._done, self._claimed_at = 0, time.monotonic()
        self._is_over = False
        self._wake_at: datetime | None = None

    def run(self) -> datetime | None:
        """Go on until nothing is due, the time is over, or an error concerns the whole lane."""
        try:
            self._lane.renew_token()
            doubts.settle(self._lane)
            doubts.look_up_restored(self._lane, is_over=self._has_to_end)
            while self._claim() or self._is_busy() or self._waits_for_pace():
                self._handle(self._senders.events(_TICK))
        except SendError as error:
            self._halt(error)
        finally:
            try:
                self._wait_for_in_flight()
            finally:
                self._senders.close()
                self._lane.leave()
        return self._wake_at

    def _has_to_end(self) -> bool:
        return self._is_stopping() or timezone.now() >= self._ends_at

    def _is_busy(self) -> bool:
        return bool(self._in_flight) and not self._is_stopping()

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
                self._start(row)
        return bool(taken)

    def _free(self, now: datetime) -> int:
        """Count how many more messages the threads should have: as many as leave in a while, judged
        by the last claim, and no more than the pace allows."""
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

    def _start(self, row: Notification) -> None:
        message = message_of(row, self._lane.values, account=self._lane.account.address)
        self._lane.pace.use(len(row.recipients))
        self._in_flight[row.pk] = row
        self._senders.start(Job(row.pk, message, resume=row.reference))

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

    def _handle(self, events: list[ReferenceToKeep | Finished]) -> None:
        """Commit together what came together; then tell the threads that wait, and do what
        concerns the whole lane, which may ask Microsoft."""
        if not events:
            return
        references = [event for event in events if isinstance(event, ReferenceToKeep)]
        finished = [event for event in events if isinstance(event, Finished)]
        # A single UPDATE is a transaction of its own.
        with transaction.atomic() if finished else nullcontext():
            kept = Notification.objects.keep_references(
                {event.pk: event.reference for event in references}, worker=self._lane.owner
            )
            record(self._attempts(finished), worker=self._lane.owner, now=timezone.now())
        for reference in references:
            reference.confirm(kept=reference.pk in kept)
        for event in finished:
            self._finish(event)

    def _attempts(
        self, finished: list[Finished]
    ) -> list[tuple[Notification, AttemptFacts, Receipt | SendError]]:
        api, owner = self._lane.values.api, self._lane.owner
        return [
            (
                self._in_flight[event.job.pk],
                AttemptFacts(event.job.message, api, owner, event.took),
                event.outcome,
            )
            for event in finished
            if event.outcome is not None
        ]

    def _finish(self, event: Finished) -> None:
        row = self._in_flight.pop(event.job.pk)
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
        pks = [job.pk for job in self._senders.give_back()]
        Notification.objects.give_back(pks, worker=self._lane.owner)
        for pk in pks:
            row = self._in_flight.pop(pk)
            self._lane.pace.give_back(len(row.recipients), was_tried=False)

    def _wait_for_in_flight(self) -> None:
        """Record what is still under way, for no longer than STOP_TIME once the worker has to stop.
        What has no outcome by then is settled by the next drain."""
        give_up_at: datetime | None = None
        while self._in_flight:
            now = timezone.now()
            if self._is_stopping():
                give_up_at = give_up_at or now + STOP_TIME
            if give_up_at and now >= give_up_at:
                break
            self._handle(self._senders.events(_TICK))
        for pk in self._in_flight:
            Notification.objects.leave_in_doubt(
                pk, worker=self._lane.owner, until=timezone.now() + settings.DOUBT_GRACE
            )
