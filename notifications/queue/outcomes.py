"""What an outcome means for the queue: one transition and one log entry, together."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from notifications import retry
from notifications.backends.base import Outcome, Receipt
from notifications.backends.errors import (
    Answer,
    AuthError,
    SendError,
    ThrottledError,
    TransientError,
    UnknownOutcomeError,
)
from notifications.backends.explanations.explain import EXPLANATIONS, explain
from notifications.i18n import gettext_noop as _
from notifications.i18n import storable
from notifications.message.message import MailMessage
from notifications.models import Attempt, Notification
from notifications.models.attempt import Result
from notifications.models.settings import DoubtPolicy, SettingsValues
from notifications.webhooks import callbacks

logger = logging.getLogger(__name__)

FOUND_SENT = storable(
    _("The answer had been lost; the stored draft shows that the message went out.")
)
SENT_AGAIN = storable(_("Sent again once, as set under Delivery."))
# What the API key is told that a message came with.
_TOLD = (Result.ACCEPTED, Result.FAILED)


@dataclass(frozen=True, slots=True)
class Sending:
    """The circumstances of an attempt: who sent what, how. `notification` is None for a test."""

    notification: Notification | None
    message: MailMessage
    values: SettingsValues
    worker: str
    took: timedelta = timedelta()

    def entry(
        self,
        result: Result,
        answer: Answer,
        *,
        now: datetime,
        receipt: Receipt | None = None,
        note: str = "",
    ) -> Attempt:
        """The log entry, not written yet."""
        message = self.message
        return Attempt(
            notification=self.notification,
            is_test=self.notification is None,
            at=now,
            result=result,
            account=message.sender.address,
            from_address=str(message.from_),
            recipients=", ".join(map(str, message.recipients)),
            recipient_count=len(message.recipients),
            subject=self.notification.log_subject if self.notification else message.subject,
            message_id=message.message_id,
            api=self.values.api,
            error="" if result == Result.ACCEPTED else explain(answer).happened,
            code=answer.code,
            message=answer.message,
            http_status=answer.status,
            request_id=answer.request_id,
            client_request_id=answer.client_request_id,
            duration_ms=int(self.took.total_seconds() * 1000),
            size=receipt.size if receipt else 0,
            charset=receipt.charset if receipt else "",
            note=note or (receipt.note if receipt else ""),
            worker=self.worker,
        )


def record(
    outcomes: Sequence[tuple[Sending, Receipt | SendError]], *, worker: str, now: datetime
) -> None:
    """The results of attempts. A row that is no longer ours is left alone; its log entry is
    written in any case, because the attempt did happen. Called in a transaction."""
    entries, again, accepted, told = [], [], [], []
    for sending, outcome in outcomes:
        row = sending.notification
        assert row is not None  # noqa: S101 - tests are recorded by trial.py
        if isinstance(outcome, Receipt):
            accepted.append(row.pk)
            entry = sending.entry(Result.ACCEPTED, outcome.answer, now=now, receipt=outcome)
        else:
            result = _react(row, outcome, worker=worker, now=now)
            entry = sending.entry(result, outcome.answer, now=now)
        entries.append(entry)
        if entry.result in _TOLD and hasattr(row, "came_with"):
            told.append(row.pk)
        if _was_tried(row):
            again.append(entry)
    if not entries:
        return
    Notification.objects.accept(accepted, worker=worker, now=now)
    Attempt.objects.write(entries, again=again, now=now)
    for entry in entries:
        _tell(entry)
    if told:
        callbacks.announce(told, now=now)


@transaction.atomic
def record_settled(sending: Sending, outcome: Outcome, *, now: datetime) -> None:
    """What was found out about an attempt whose outcome was not known."""
    notification = sending.notification
    assert notification is not None  # noqa: S101 - only rows of the queue are settled
    rows, pk, worker = Notification.objects, notification.pk, sending.worker
    if outcome is Outcome.SENT:
        if rows.accept([pk], worker=worker, now=now):
            entry = sending.entry(Result.ACCEPTED, Answer(), now=now, note=FOUND_SENT)
            Attempt.objects.write([entry], again=[entry], now=now)
            callbacks.announce([pk], now=now)
    elif outcome is Outcome.NOT_SENT_YET:
        rows.put_back(pk, worker=worker, due_at=now, counted=True)
    elif _may_send_again(sending.values) and rows.send_again_in_doubt(pk, worker=worker, now=now):
        answer = Answer(code="NoAnswerKept")
        entry = sending.entry(Result.UNCONFIRMED, answer, now=now, note=SENT_AGAIN)
        Attempt.objects.write([entry], again=[entry], now=now)
    else:
        error = EXPLANATIONS["NoAnswerKept"].happened
        if rows.hold_unconfirmed(pk, worker=worker, error=error):
            entry = sending.entry(Result.UNCONFIRMED, Answer(code="NoAnswerKept"), now=now)
            Attempt.objects.write([entry], again=[entry], now=now)


def _was_tried(row: Notification) -> bool:
    """False only where this attempt is certainly the first. Send now forgets the earlier ones,
    and leaves its mark."""
    return bool(row.attempts or row.error or row.past_pause)


def _tell(entry: Attempt) -> None:
    """Ids only: the log of the server is read by more people than that of the mail."""
    level = logging.DEBUG if entry.result == Result.ACCEPTED else logging.INFO
    logger.log(
        level,
        "Notification %s: %s %s",
        entry.notification_id,
        entry.result,
        entry.code,
        extra={
            "notification_id": entry.notification_id,
            "attempt_id": entry.pk,
            "result": entry.result,
            "code": entry.code,
            "request_id": entry.request_id,
        },
    )


def _may_send_again(values: SettingsValues) -> bool:
    """The policy is offered for sending without protection only."""
    return values.doubt_policy == DoubtPolicy.SEND_AGAIN and not values.protection


def _react(notification: Notification, error: SendError, *, worker: str, now: datetime) -> Result:
    """The transition for an error; each class of errors.py has one."""
    rows, pk = Notification.objects, notification.pk
    happened = explain(error.answer).happened
    if isinstance(error, UnknownOutcomeError):
        rows.leave_in_doubt(pk, worker=worker, until=now + settings.DOUBT_GRACE)
        return Result.DEFERRED
    if isinstance(error, AuthError | ThrottledError):
        rows.put_back(pk, worker=worker, due_at=now, error=happened, counted=False)
        return Result.DEFERRED
    due_at = None
    if isinstance(error, TransientError):
        due_at = retry.next_attempt(notification.attempts + 1, now=now)
    if due_at is None:
        rows.fail(pk, worker=worker, error=happened)
        return Result.FAILED
    rows.put_back(pk, worker=worker, due_at=due_at, error=happened, counted=True)
    return Result.DEFERRED
