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

from notifications.backends.base import Outcome, Receipt
from notifications.backends.errors import AuthError, SendError, ThrottledError, UnknownOutcomeError
from notifications.log.entries import AttemptFacts
from notifications.mailbox.connection import Connection
from notifications.models import EmailSettings, Notification, QueueState
from notifications.models.settings import DoubtPolicy
from notifications.models.status import Status
from notifications.models.transitions import NotificationQuerySet

from . import obstacles
from .lane import Lane
from .outcomes import record, record_settled
from .outgoing import message_of
from .selection import next_due, sendable
from .senders import REFILL, Checkpoint, Finished, Job, Sender, capacity

# So many are looked through for some that the day's limit of recipients still has room for.
LOOK_AHEAD = 500
DRAIN_TIME = timedelta(seconds=30)
# A worker is killed 5 s after it was told to stop.
STOP_TIME = timedelta(seconds=4)
# Of so many messages one is the oldest due one, so that bulk moves on behind urgent mail.
FAIR_SHARE = 8
# Looked up in the mailbox in one drain, one request each.
LOOK_UPS = 50
_TICK = timedelta(milliseconds=250)


def drain(*, worker: str, is_stopping: Callable[[], bool] = lambda: False) -> datetime | None:
    """Send what is due. Returns when the next drain has something to do; None = when woken."""
    now = timezone.now()
    Notification.objects.expire(now=now)
    saved = EmailSettings.objects.current()
    account = saved.account
    held_by = obstacles.of_sending(saved, QueueState.objects.current(), now=now)
    if held_by or account is None:
        return held_by.until if held_by else None
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
    """The state of one drain."""

    def __init__(self, lane: Lane, is_stopping: Callable[[], bool]) -> None:
        self._lane = lane
        self._is_stopping = is_stopping
        self._ends_at = timezone.now() + DRAIN_TIME
        self._in_flight: dict[int, Notification] = {}
        self._since_oldest = 0
        self._done, self._claimed_at = 0, time.monotonic()
        self._is_over = False
        self._wake_at: datetime | None = None

    def run(self) -> datetime | None:
        """Until nothing is due, the time is over, or an error concerns the whole lane."""
        self._sender = Sender(self._lane.backend)
        try:
            self._lane.renew_token()
            self._settle_doubts()
            self._look_up_restored()
            while self._claim() or self._is_busy() or self._waits_for_pace():
                self._handle(self._sender.events(_TICK))
        except SendError as error:
            self._halt(error)
        finally:
            try:
                self._wait_for_in_flight()
            finally:
                self._sender.close()
                self._lane.leave()
        return self._wake_at

    def _is_busy(self) -> bool:
        return bool(self._in_flight) and not self._is_stopping()

    def _wait_for_in_flight(self) -> None:
        """For all of them; for no longer than STOP_TIME once the worker has to stop. What has no
        outcome by then is settled by the next drain."""
        give_up_at: datetime | None = None
        while self._in_flight:
            now = timezone.now()
            if self._is_stopping():
                give_up_at = give_up_at or now + STOP_TIME
            if give_up_at and now >= give_up_at:
                break
            self._handle(self._sender.events(_TICK))
        for pk in self._in_flight:
            Notification.objects.leave_in_doubt(
                pk, worker=self._lane.owner, until=timezone.now() + settings.DOUBT_GRACE
            )

    def _claim(self) -> bool:
        """Start what may start now; whether anything did."""
        now = timezone.now()
        if self._is_stopping() or now >= self._ends_at:
            self._end()
        if len(self._in_flight) > REFILL:
            return False  # several at a time cost the same queries as one
        free = self._capacity() - len(self._in_flight)
        allowed = self._lane.allowance(now=now)
        count = free if allowed is None else min(free, allowed)
        if self._is_over or count <= 0:
            return False
        if not self._lane.is_current(now=now):
            # Saved settings take effect at once, with the next drain.
            self._end(wake_at=now)
            return False
        self._lane.renew_token()
        with transaction.atomic():
            rows = self._next_fitting(count, now=now)
            taken = self._take(rows, now) if rows else set()
        self._done, self._claimed_at = 0, time.monotonic()
        for row in rows:
            if row.pk in taken:
                self._start(row)
        return bool(taken)

    def _capacity(self) -> int:
        """By how quickly the messages of the last claim have left."""
        return capacity(self._done, time.monotonic() - self._claimed_at)

    def _next_fitting(self, count: int, *, now: datetime) -> list[Notification]:
        """The next rows, as far as the day has room for them. Later ones take the place of those
        that do not fit; where none does, nothing more is claimed."""
        due = self._next_rows(count, now=now)
        rows = self._lane.fitting(due)
        if len(rows) == len(due):
            self._lane.day_has_room()
            return rows
        rows = self._lane.fitting(self._due(now)[:LOOK_AHEAD])[:count]
        if not rows and not self._in_flight:
            self._end(wake_at=self._lane.day_is_full(due[0], now=now))
        return rows

    def _due(self, now: datetime) -> NotificationQuerySet:
        return sendable(self._lane.cloud).due(now=now).for_sending()

    def _next_rows(self, count: int, *, now: datetime) -> list[Notification]:
        """By priority, and a share of the oldest whatever their priority."""
        due = self._due(now)
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

    def _take(self, rows: list[Notification], now: datetime) -> set[int]:
        return Notification.objects.claim(
            [row.pk for row in rows],
            worker=self._lane.owner,
            now=now,
            lease=settings.CLAIM_LEASE,
        )

    def _start(self, row: Notification) -> None:
        message = message_of(row, self._lane.values, account=self._lane.account.address)
        self._lane.use(row)
        self._in_flight[row.pk] = row
        self._sender.start(Job(row.pk, message, resume=row.reference))

    def _waits_for_pace(self) -> bool:
        """Whether due rows wait for nothing but the pace, and not beyond this drain's end."""
        now = timezone.now()
        if self._is_over or self._lane.allowance(now=now) != 0:
            return False
        if not sendable(self._lane.cloud).due(now=now).exists():
            return False
        if self._lane.next_allowed_at() < self._ends_at:
            return True
        self._wake_at = self._lane.next_allowed_at()
        return False

    def _handle(self, events: list[Checkpoint | Finished]) -> None:
        """What came together is committed together; then the checkpoints are confirmed, and
        what concerns the whole lane is done, which may ask Microsoft."""
        if not events:
            return
        checkpoints = [event for event in events if isinstance(event, Checkpoint)]
        finished = [event for event in events if isinstance(event, Finished)]
        # A single UPDATE is a transaction of its own.
        with transaction.atomic() if finished else nullcontext():
            kept = Notification.objects.keep_references(
                {event.pk: event.reference for event in checkpoints}, worker=self._lane.owner
            )
            record(self._attempts(finished), worker=self._lane.owner, now=timezone.now())
        for checkpoint in checkpoints:
            checkpoint.confirm(kept=checkpoint.pk in kept)
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
            self._lane.accepted(now=timezone.now())
        elif not isinstance(event.outcome, UnknownOutcomeError):
            self._lane.reached_nobody(row)
        if isinstance(event.outcome, AuthError | ThrottledError):
            self._halt(event.outcome)

    def _halt(self, error: SendError) -> None:
        """Start nothing more; several messages may bring the same news."""
        if not self._is_over:
            self._end(wake_at=self._lane.halt(error, now=timezone.now()))

    def _end(self, *, wake_at: datetime | None = None) -> None:
        """Claim nothing more, and give back what no thread has begun."""
        self._is_over, self._wake_at = True, self._wake_at or wake_at
        unbegun = [job.pk for job in self._sender.take_back()]
        Notification.objects.give_back(unbegun, worker=self._lane.owner)
        for pk in unbegun:
            self._lane.give_back(self._in_flight.pop(pk))

    def _settle_doubts(self) -> None:
        """Rows whose sender died or did not learn the outcome, before anything else is sent."""
        now = timezone.now()
        for row in Notification.objects.in_doubt(now=now).for_sending():
            if Notification.objects.adopt(
                row, worker=self._lane.owner, now=now, lease=settings.CLAIM_LEASE
            ):
                self._settle(row)

    def _settle(self, row: Notification) -> None:
        if row.look_up_first:
            self._look_up(row)
            return
        if not row.reference:
            # No checkpoint, so the order to send was never given.
            Notification.objects.give_back([row.pk], worker=self._lane.owner)
            return
        self._record_settled(row, self._ask(row, row.reference))

    def _look_up_restored(self) -> None:
        """What waited in a restored database may have left since the backup was made."""
        now = timezone.now()
        waiting = Notification.objects.filter(status=Status.PENDING, look_up_first=True)
        for row in waiting.for_sending()[:LOOK_UPS]:
            if self._is_stopping() or timezone.now() >= self._ends_at:
                return
            if self._take([row], now):
                self._look_up(row)

    def _look_up(self, row: Notification) -> None:
        self._record_settled(row, self._ask(row, ""))

    def _ask(self, row: Notification, reference: str) -> Outcome:
        try:
            return self._lane.backend.settle(reference, message_id=row.message_id)
        except SendError:
            Notification.objects.leave_in_doubt(
                row.pk, worker=self._lane.owner, until=timezone.now() + settings.DOUBT_GRACE
            )
            raise

    def _record_settled(self, row: Notification, outcome: Outcome) -> None:
        message = message_of(row, self._lane.values, account=self._lane.account.address)
        values = self._lane.values
        # The policy is offered for sending without protection only.
        may_send_again = values.doubt_policy == DoubtPolicy.SEND_AGAIN and not values.protection
        record_settled(
            row,
            AttemptFacts(message, values.api, self._lane.owner),
            outcome,
            may_send_again=may_send_again,
            now=timezone.now(),
        )
