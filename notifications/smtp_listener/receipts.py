"""Repeats of a message, and parts of one: recognised by what was answered before."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from notifications.message.addresses import Address
from notifications.message.raw.header import mailboxes
from notifications.models import Notification, SmtpReceipt
from notifications.models.smtp.receipt import SmtpReceiptQuerySet
from notifications.models.status import Status
from notifications.queue.intake import carried

from . import rules
from .letter import Letter

# A message that names others waits so long for its parts that are for them.
JOINING = timedelta(seconds=10)
# Exchange's own limit unless an administrator raised it ("Set-Mailbox", RecipientLimits).
MOST_TOGETHER = 500
# A repeat of a message whose 250 got lost comes within this time.
_REPEATED_WITHIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Envelope:
    client: int
    mail_from: str
    recipients: Sequence[Address]

    def digest(self) -> str:
        people = sorted({each.address.casefold() for each in self.recipients})
        return hashlib.sha256("\0".join([self.mail_from, *people]).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Mark:
    """By what a message is recognised that comes again, or in parts."""

    client: int
    digest: str
    envelope: str
    has_own_id: bool

    @classmethod
    def of(cls, envelope: Envelope, letter: Letter) -> "Mark":
        content = f"{letter.message_id}\0{letter.digest}".encode()
        digest = hashlib.sha256(content).hexdigest()
        return cls(envelope.client, digest, envelope.digest(), bool(letter.message_id))

    def repeated(self, now: datetime) -> SmtpReceipt | None:
        """The receipt of the same message, whose session broke off behind our 250."""
        if not self.has_own_id:
            return None
        same = self._same().filter(envelope=self.envelope, answered=False)
        return same.filter(at__gte=now - _REPEATED_WITHIN).exclude(notification=None).first()

    def joined(self, envelope: Envelope, letter: Letter, now: datetime) -> Notification | None:
        """Add the recipients to another part of the same message that has not left yet."""
        if not self.has_own_id:
            return None
        recent = self._same().filter(at__gte=now - JOINING).exclude(envelope=self.envelope)
        receipt = recent.exclude(notification=None).order_by("-pk").first()
        if receipt is None or receipt.notification_id is None:
            return None
        row = Notification.objects.filter(pk=receipt.notification_id).first()
        if row is None or row.status != Status.PENDING or row.due_at <= now:
            return None
        # What is over the rate waits for its turn, whether its parts are there or not.
        has_turn = row.due_at <= receipt.at + JOINING
        return _with_recipients(row, envelope, letter, now if has_turn else row.due_at)

    def keep(self, row: Notification, now: datetime) -> SmtpReceipt:
        return SmtpReceipt.objects.create(
            client_id=self.client,
            digest=self.digest,
            envelope=self.envelope,
            notification=row,
            at=now,
        )

    def _same(self) -> SmtpReceiptQuerySet:
        return SmtpReceipt.objects.filter(client=self.client, digest=self.digest)


def _with_recipients(
    row: Notification, envelope: Envelope, letter: Letter, at: datetime
) -> Notification | None:
    """Return the row, which leaves at the time that is given once all its parts are there; None if
    it has left, or would have more recipients than Exchange takes."""
    now = timezone.now()
    known = [each for text in row.recipients for each in mailboxes(text)]
    everybody = {each.address.casefold(): each for each in (*known, *envelope.recipients)}
    if len(everybody) > MOST_TOGETHER:
        return None
    to, cc, bcc = carried.by_header(letter.fields, list(everybody.values()))
    is_whole = not rules.named_only(letter.fields, list(everybody.values()))
    due_at = at if is_whole else row.due_at
    pending = Notification.objects.filter(pk=row.pk, status=Status.PENDING, due_at__gt=now)
    if not pending.update(to=to, cc=cc, bcc=bcc, due_at=due_at, scheduled_for=None):
        return None
    row.due_at = due_at
    return row
