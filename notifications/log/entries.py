"""Log entries, made of a message and of what was answered. Whoever makes one writes it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from notifications.backends.base import Receipt
from notifications.backends.errors import Answer
from notifications.backends.explanations.explain import explain
from notifications.i18n import gettext_noop as _
from notifications.i18n import storable
from notifications.message.message import MailMessage
from notifications.models import Attempt, Notification
from notifications.models.attempt import Result

_INITIATOR = storable(_("Initiator: %(name)s"))


@dataclass(frozen=True, slots=True)
class AttemptFacts:
    """The facts of an attempt that do not depend on its outcome: who sent which message, how."""

    message: MailMessage
    api: str
    worker: str
    took: timedelta = timedelta()

    def entry(
        self,
        result: Result,
        answer: Answer,
        *,
        now: datetime,
        notification: Notification | None = None,
        receipt: Receipt | None = None,
        note: str = "",
        submitted: bool = True,
    ) -> Attempt:
        """The log entry, not written yet. An attempt without a notification is a test."""
        worked = result == Result.ACCEPTED
        return Attempt(
            notification=notification,
            is_test=notification is None,
            at=now,
            result=result,
            account=self.message.sender.address,
            from_address=str(self.message.from_),
            recipients=", ".join(map(str, self.message.recipients)),
            recipient_count=len(self.message.recipients),
            subject=notification.log_subject if notification else self.message.subject,
            message_id=self.message.message_id,
            original_message_id=notification.original_message_id if notification else "",
            initiator=notification.initiator if notification else "",
            api=self.api,
            error="" if worked else explain(answer, submitted=submitted).happened,
            submitted=submitted,
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


def refusal(row: Notification, *, error: str, code: str, account: str, now: datetime) -> Attempt:
    """The entry of a notification that was not let into the queue: `row` was never saved.
    `account` is the address of the mailbox."""
    return Attempt(
        at=now,
        result=Result.REFUSED,
        account=account,
        from_address=row.from_address,
        recipients=", ".join(row.recipients),
        subject=row.log_subject,
        initiator=row.initiator,
        error=error,
        code=code,
        note=_INITIATOR % {"name": row.initiator} if row.initiator else "",
    )


def without_message(
    row: Notification, *, error: str, code: str, account: str, now: datetime
) -> Attempt:
    """The entry of a queued notification that failed before there was a message to send."""
    entry = refusal(row, error=error, code=code, account=account, now=now)
    entry.result, entry.notification, entry.message_id = Result.FAILED, row, row.message_id
    return entry
