"""The rows of a lane that the sender threads have, and what is recorded of them. A row that cannot
be recorded is a fault of ours: it is left in doubt, which a later drain settles, and no other row
is lost with it."""

import logging
from contextlib import nullcontext
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from notifications import wakeups
from notifications.backends.base import Receipt
from notifications.backends.errors import SendError
from notifications.errors import Contained
from notifications.log.entries import AttemptFacts
from notifications.models import Notification
from notifications.queue.outgoing import message_of

from .jobs import Finished, Job, Outlet, ReferenceToKeep, Told
from .lane import Lane
from .outcomes import fail_for_our_fault, record
from .senders import Senders

logger = logging.getLogger(__name__)

# The grace of a row that cannot be recorded again and again doubles so often: up to half an hour.
_MOST_DOUBLINGS = 6
_WAKE_AFTER_A_FAULT = timedelta(seconds=1)


class InFlight:
    """`fault` is the first bug that was met while something was recorded."""

    def __init__(self, lane: Lane, outlet: Outlet, senders: Senders) -> None:
        self._lane = lane
        self._outlet = outlet
        self._senders = senders
        self._rows: dict[int, Notification] = {}
        self._are_in_doubt = False
        self.fault: Exception | None = None

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, pk: int) -> bool:
        return pk in self._rows

    @property
    def has_more_to_come(self) -> bool:
        """Say whether what is in flight will still have a result: not what a fault has lost."""
        return bool(self._rows) and self._outlet.under_way > 0

    def start(self, row: Notification) -> None:
        """Hand a claimed row to the threads. One that cannot even become a message fails."""
        account = self._lane.account.address
        with Contained(logger, "making notification %s", row.pk, notification_id=row.pk) as made:
            message = message_of(row, self._lane.values, account=account)
        if made.error:
            now = timezone.now()
            fail_for_our_fault(row, worker=self._lane.owner, account=account, now=now)
            return
        self._lane.pace.use(len(row.recipients))
        self._rows[row.pk] = row
        self._senders.start(Job(self._outlet, row.pk, message, resume=row.reference))

    def keep(self, events: list[Told]) -> list[tuple[Notification, Finished]]:
        """Commit together what came together, and tell the threads that wait. Returns the rows that
        are no longer in flight. Where all together fail, each is tried alone."""
        if not events:
            return []
        pks = [event.pk for event in events]
        with Contained(logger, "recording notifications %s", pks, notification_id=pks[0]) as kept:
            self._commit(events)
        if kept.error is None:
            return [(self._rows.pop(e.pk), e) for e in events if isinstance(e, Finished)]
        if len(events) > 1:
            return [ended for event in events for ended in self.keep([event])]
        self._lose(events[0], kept.error)
        return []

    def give_back(self) -> list[Notification]:
        """Give back what no thread has begun."""
        pks = [job.pk for job in self._senders.give_back(self._outlet) if job.pk in self._rows]
        Notification.objects.give_back(pks, worker=self._lane.owner)
        return [self._rows.pop(pk) for pk in pks]

    def leave_in_doubt(self) -> None:
        """Leave what has no outcome to a later drain. After a fault of ours nobody else would wake
        one soon for what waits behind."""
        for row in self._rows.values():
            self._leave_in_doubt(row, settings.DOUBT_GRACE)
        if self.fault and self._are_in_doubt:
            wakeups.send_at(wakeups.DRAIN, timezone.now() + _WAKE_AFTER_A_FAULT)

    def _commit(self, events: list[Told]) -> None:
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

    def _attempts(
        self, finished: list[Finished]
    ) -> list[tuple[Notification, AttemptFacts, Receipt | SendError]]:
        api, owner = self._lane.values.api, self._lane.owner
        return [
            (
                self._rows[event.pk],
                AttemptFacts(event.job.message, api, owner, event.took),
                event.outcome,
            )
            for event in finished
            if isinstance(event.job, Job) and isinstance(event.outcome, Receipt | SendError)
        ]

    def _lose(self, event: Told, fault: Exception) -> None:
        """Leave the row in doubt, the longer the more often it could not be recorded."""
        self.fault = self.fault or fault
        row = self._rows[event.pk]
        if isinstance(event, ReferenceToKeep):
            event.confirm(kept=False)
        else:
            del self._rows[event.pk]
        grace = settings.DOUBT_GRACE * (1 << min(row.attempts, _MOST_DOUBLINGS))
        self._leave_in_doubt(row, grace, counted=True)

    def _leave_in_doubt(
        self, row: Notification, grace: timedelta, *, counted: bool = False
    ) -> None:
        self._are_in_doubt = True
        text = "leaving notification %s in doubt"
        with Contained(logger, text, row.pk, notification_id=row.pk):
            Notification.objects.leave_in_doubt(
                row.pk, worker=self._lane.owner, until=timezone.now() + grace, counted=counted
            )
