"""Rows of which nobody knows whether they left: the mailbox is asked, before anything else of it is
sent. One of which nothing can be learned is asked about again later, and keeps no other from
leaving."""

import logging
from collections.abc import Iterator

from django.conf import settings
from django.utils import timezone

from notifications import retry
from notifications.backends.base import Outcome
from notifications.backends.errors import AuthError, SendError, ThrottledError
from notifications.errors import Contained
from notifications.log.entries import AttemptFacts
from notifications.models import Notification
from notifications.models.settings import DoubtPolicy, SettingsValues
from notifications.models.status import Status
from notifications.queue.outgoing import message_of

from .jobs import Outlet, Question
from .lane import Lane
from .outcomes import OUR_FAULT, fail_for_our_fault, record_settled

logger = logging.getLogger(__name__)

# Looked up in the mailbox in one drain, one request each.
LOOK_UPS = 50


class Doubts:
    """The doubts of a lane, settled one after another: a question is asked by a sender thread, and
    what was answered is recorded here. `went_well` tells whether Microsoft gave an answer."""

    def __init__(self, lane: Lane, outlet: Outlet) -> None:
        self._lane = lane
        self._outlet = outlet
        self._rows = self._take_each()
        self._asked: Notification | None = None
        self.went_well = True

    def next(self) -> Question | None:
        """Return the next question, None when there is none any more. What needs none is settled.
        A bug of ours leaves a row for as long as it is claimed."""
        for row in self._rows:
            with Contained(logger, "settling notification %s", row.pk, notification_id=row.pk):
                if row.look_up_first or row.reference:
                    self._asked = row
                    reference = "" if row.look_up_first else row.reference
                    return Question(self._outlet, row.pk, reference, row.message_id)
                self._settle_unasked(row)
        return None

    def answered(self, outcome: Outcome | SendError) -> None:
        """Record the answer to the last question. Raises an AuthError or ThrottledError, which
        concerns all mail."""
        row, self._asked = self._asked, None
        if row is None:
            return
        text = "settling notification %s"
        with Contained(logger, text, row.pk, passing=SendError, notification_id=row.pk):
            if isinstance(outcome, SendError):
                self._leave_in_doubt(row, outcome)
            else:
                self._record(row, outcome)

    def _take_each(self) -> Iterator[Notification]:
        """Take what a dead sender has left; then what waits in a restored database, which may have
        left since the backup was made."""
        rows, owner, lease = self._lane.rows, self._lane.owner, settings.CLAIM_LEASE
        for row in rows.in_doubt(now=timezone.now()).for_sending()[:LOOK_UPS]:
            now = timezone.now()  # the question before may have taken long
            if self.went_well and rows.adopt(row, worker=owner, now=now, lease=lease):
                yield row
        restored = rows.filter(status=Status.PENDING, look_up_first=True)
        for row in restored.for_sending()[: LOOK_UPS if self.went_well else 0]:
            now = timezone.now()
            if self.went_well and rows.claim([row.pk], worker=owner, now=now, lease=lease):
                yield row

    def _settle_unasked(self, row: Notification) -> None:
        """Settle a row without a checkpoint: the order to send it was never given."""
        lane = self._lane
        if row.attempts < retry.MOST_ATTEMPTS:
            lane.rows.give_back([row.pk], worker=lane.owner)
        else:
            account = lane.account.address
            fail_for_our_fault(row, worker=lane.owner, account=account, now=timezone.now())

    def _leave_in_doubt(self, row: Notification, error: SendError) -> None:
        """Ask about it again after a while. Where no answer came at all, which takes its time,
        none would for the others: they wait as long, and have their turn before it."""
        now = timezone.now()
        until = now + settings.DOUBT_GRACE
        code, rows = error.answer.code, self._lane.rows
        rows.leave_in_doubt(row.pk, worker=self._lane.owner, until=until)
        logger.warning(
            "Notification %s cannot be settled yet: %s",
            row.pk,
            code,
            extra={"notification_id": row.pk, "code": code},
        )
        if isinstance(error, AuthError | ThrottledError):
            raise error
        if not error.answer.status and code != OUR_FAULT.code:
            self.went_well = False
            rows.put_off_doubts(now=now, until=until)

    def _record(self, row: Notification, outcome: Outcome) -> None:
        lane = self._lane
        message = message_of(row, lane.values, account=lane.account.address)
        record_settled(
            row,
            AttemptFacts(message, lane.values.api, lane.owner),
            outcome,
            may_send_again=_may_send_again(lane.values),
            now=timezone.now(),
        )


def _may_send_again(values: SettingsValues) -> bool:
    """The policy is offered for sending without protection only."""
    return values.doubt_policy == DoubtPolicy.SEND_AGAIN and not values.protection
