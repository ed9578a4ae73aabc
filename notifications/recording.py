"""What an outcome means for the queue: one transition and one log entry, together."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from . import retry
from .backends.base import Outcome, Receipt
from .errors import (
    Answer,
    AuthError,
    SendError,
    ThrottledError,
    TransientError,
    UnknownOutcomeError,
)
from .explanations import EXPLANATIONS, explain
from .messages import MailMessage
from .models import Attempt, Notification
from .models.attempt import Result
from .models.settings import DoubtPolicy, SettingsValues

FOUND_SENT = "The answer had been lost; the stored draft shows that the message went out."
SENT_AGAIN = "Sent again once, as set under Delivery."


@dataclass(frozen=True, slots=True)
class Sending:
    """The circumstances of an attempt: who sent what, how. `notification` is None for a test."""

    notification: Notification | None
    message: MailMessage
    values: SettingsValues
    worker: str
    took: timedelta = timedelta()

    def log(
        self,
        result: Result,
        answer: Answer,
        *,
        now: datetime,
        receipt: Receipt | None = None,
        note: str = "",
    ) -> Attempt:
        """Write the log entry."""
        message = self.message
        return Attempt.objects.create(
            notification=self.notification,
            is_test=self.notification is None,
            at=now,
            result=result,
            account=message.sender.address,
            from_address=str(message.from_),
            recipients=", ".join(map(str, (*message.to, *message.cc, *message.bcc))),
            subject=message.subject,
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


def record(sending: Sending, outcome: Receipt | SendError, *, now: datetime) -> None:
    """The result of an attempt. A row that is no longer ours is left alone; the log entry is
    written in any case, because the attempt did happen. Called in a transaction."""
    notification = sending.notification
    assert notification is not None  # noqa: S101 - tests are recorded by trial.py
    if isinstance(outcome, Receipt):
        Notification.objects.accept(notification.pk, worker=sending.worker, now=now)
        sending.log(Result.ACCEPTED, outcome.answer, now=now, receipt=outcome)
        return
    result = _react(notification, outcome, worker=sending.worker, now=now)
    sending.log(result, outcome.answer, now=now)


@transaction.atomic
def record_settled(sending: Sending, outcome: Outcome, *, now: datetime) -> None:
    """What was found out about an attempt whose outcome was not known."""
    notification = sending.notification
    assert notification is not None  # noqa: S101 - only rows of the queue are settled
    rows, pk, worker = Notification.objects, notification.pk, sending.worker
    if outcome is Outcome.SENT:
        if rows.accept(pk, worker=worker, now=now):
            sending.log(Result.ACCEPTED, Answer(), now=now, note=FOUND_SENT)
    elif outcome is Outcome.NOT_SENT_YET:
        rows.put_back(pk, worker=worker, due_at=now, counted=True)
    elif sending.values.doubt_policy == DoubtPolicy.SEND_AGAIN and rows.send_again_in_doubt(
        pk, worker=worker, now=now
    ):
        sending.log(Result.UNCONFIRMED, Answer(code="NoAnswerKept"), now=now, note=SENT_AGAIN)
    else:
        error = EXPLANATIONS["NoAnswerKept"].happened
        if rows.hold_unconfirmed(pk, worker=worker, error=error):
            sending.log(Result.UNCONFIRMED, Answer(code="NoAnswerKept"), now=now)


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
