"""What an outcome means for the queue: one transition and one log entry, together."""

import logging
from collections.abc import Sequence
from datetime import datetime

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
from notifications.backends.explanations.explain import explain
from notifications.i18n import gettext_noop as _
from notifications.i18n import storable
from notifications.log.entries import AttemptFacts, without_message
from notifications.models import Attempt, Notification
from notifications.models.attempt import Result
from notifications.webhooks import callbacks

logger = logging.getLogger(__name__)

FOUND_SENT = storable(
    _("The response had been lost; the stored draft shows that the message was sent.")
)
SENT_AGAIN = storable(_("Sent again once, as set under Delivery."))
# What the API key is told that a message came with.
_TOLD = (Result.ACCEPTED, Result.FAILED)
_NO_ANSWER = Answer(code="NoAnswerKept")
_NEVER_TAKEN = Answer(code="NeverTaken")
OUR_FAULT = Answer(code="InternalFault")


def record(
    attempts: Sequence[tuple[Notification, AttemptFacts, Receipt | SendError]],
    *,
    worker: str,
    now: datetime,
) -> None:
    """Record the results of attempts. A row that is no longer ours is left alone; its log entry
    is written in any case, because the attempt did happen. Called in a transaction."""
    entries, again, accepted, told = [], [], [], []
    for row, facts, outcome in attempts:
        if isinstance(outcome, Receipt):
            accepted.append(row.pk)
            result, receipt = Result.ACCEPTED, outcome
        else:
            result, receipt = _react(row, outcome, worker=worker, now=now), None
        entry = facts.entry(
            result,
            outcome.answer,
            now=now,
            notification=row,
            receipt=receipt,
            submitted=_may_have_left(outcome),
        )
        entries.append(entry)
        if result in _TOLD and hasattr(row, "came_with"):
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
def record_settled(
    row: Notification,
    facts: AttemptFacts,
    outcome: Outcome,
    *,
    may_send_again: bool,
    now: datetime,
) -> None:
    """Record what was found out about an attempt whose outcome was not known.
    `may_send_again`: what nobody can find out is sent once more, not held for a person."""
    rows, worker = Notification.objects, facts.worker
    if outcome is Outcome.SENT:
        if rows.accept([row.pk], worker=worker, now=now):
            _write_settled(row, facts, Result.ACCEPTED, Answer(), now=now, note=FOUND_SENT)
            callbacks.announce([row.pk], now=now)
    elif outcome is Outcome.NOT_SENT_YET:
        _try_again(row, facts, now=now)
    elif may_send_again and rows.send_again_in_doubt(row.pk, worker=worker, now=now):
        _write_settled(row, facts, Result.UNCONFIRMED, _NO_ANSWER, now=now, note=SENT_AGAIN)
    elif rows.hold_unconfirmed(
        row.pk, worker=worker, error=explain(_NO_ANSWER).happened, answer=_NO_ANSWER
    ):
        _write_settled(row, facts, Result.UNCONFIRMED, _NO_ANSWER, now=now)


def _try_again(row: Notification, facts: AttemptFacts, *, now: datetime) -> None:
    """Send what has not left at once, and if it never does, ever later and not for ever."""
    rows = Notification.objects
    due_at: datetime | None = now
    if row.attempts and not row.look_up_first:
        due_at = retry.next_attempt(row.attempts + 1, now=now)
    if due_at:
        rows.put_back(row.pk, worker=facts.worker, due_at=due_at, counted=True)
    elif rows.fail(
        row.pk, worker=facts.worker, error=explain(_NEVER_TAKEN).happened, answer=_NEVER_TAKEN
    ):
        _write_settled(row, facts, Result.FAILED, _NEVER_TAKEN, now=now)
        callbacks.announce([row.pk], now=now)


@transaction.atomic
def fail_for_our_fault(row: Notification, *, worker: str, account: str, now: datetime) -> None:
    """Record that a row cannot be sent because of a bug of ours, which met it again and again, or
    before there was a message. `account` is the address of the mailbox."""
    code, error = OUR_FAULT.code, explain(OUR_FAULT).happened
    if Notification.objects.fail(row.pk, worker=worker, error=error, answer=OUR_FAULT):
        entry = without_message(row, error=error, code=code, account=account, now=now)
        Attempt.objects.write([entry], again=[entry], now=now)
        callbacks.announce([row.pk], now=now)


def _write_settled(
    row: Notification,
    facts: AttemptFacts,
    result: Result,
    answer: Answer,
    *,
    now: datetime,
    note: str = "",
) -> None:
    entry = facts.entry(result, answer, now=now, notification=row, note=note)
    Attempt.objects.write([entry], again=[entry], now=now)


def _may_have_left(outcome: Receipt | SendError) -> bool:
    return isinstance(outcome, Receipt | UnknownOutcomeError)


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


def _react(notification: Notification, error: SendError, *, worker: str, now: datetime) -> Result:
    """The transition for an error; each class of errors.py has one."""
    rows, pk = Notification.objects, notification.pk
    happened = explain(error.answer, submitted=_may_have_left(error)).happened
    if isinstance(error, UnknownOutcomeError):
        rows.leave_in_doubt(pk, worker=worker, until=now + settings.DOUBT_GRACE)
        return Result.DEFERRED
    if isinstance(error, AuthError | ThrottledError):
        rows.put_back(
            pk, worker=worker, due_at=now, error=happened, answer=error.answer, counted=False
        )
        return Result.DEFERRED
    due_at = None
    if isinstance(error, TransientError):
        due_at = retry.next_attempt(notification.attempts + 1, now=now)
    if due_at is None:
        rows.fail(pk, worker=worker, error=happened, answer=error.answer)
        return Result.FAILED
    rows.put_back(
        pk, worker=worker, due_at=due_at, error=happened, answer=error.answer, counted=True
    )
    return Result.DEFERRED
