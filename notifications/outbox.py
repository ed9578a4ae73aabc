"""The public verbs of the queue: what applications, pages and commands call."""

import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import BinaryIO

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from . import attachments, callbacks, tasks
from .addresses import AddressError, parse_address, parse_addresses
from .attachments import StoredFile
from .backends.graph_sizes import mime_size
from .composing import check_header, check_text
from .connection import cloud_of, effective
from .errors import AttachmentLimitExceeded, InvalidNotification
from .messages import Importance
from .models import (
    ApiKey,
    ApiNotification,
    Attachment,
    Attempt,
    EmailSettings,
    Notification,
    QueueState,
)
from .models.attempt import Result
from .models.notification import NotificationQuerySet, Priority, Status
from .models.settings import MEGABYTE, Api

# Exchange Online takes at most 1,000 recipients a message, 500 unless an administrator
# raised it ("Set-Mailbox", RecipientLimits).
MOST_RECIPIENTS = 1000
LONGEST_SUBJECT = 998


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file to attach: an open, seekable stream. `content_id` makes it an inline image."""

    name: str
    content: BinaryIO
    content_type: str = ""
    content_id: str = ""


@dataclass(frozen=True, slots=True)
class NewNotification:
    """What to send. Addresses as people write them, several in one text or in a sequence.

    `from_` counts only with 'From' address delegation. `key` makes the request idempotent:
    the same key again returns the same notification.
    """

    to: str | Sequence[str] = ()
    subject: str = ""
    text: str = ""
    html: str = ""
    cc: str | Sequence[str] = ()
    bcc: str | Sequence[str] = ()
    from_: str = ""
    reply_to: str | Sequence[str] = ()
    headers: Sequence[tuple[str, str]] = ()
    files: Sequence[NewFile] = ()
    importance: Importance = Importance.NORMAL
    priority: Priority = Priority.NORMAL
    due_at: datetime | None = None
    expires_at: datetime | None = None
    key: str = ""
    sensitive: bool = False


def enqueue(new: NewNotification, *, initiator: str, api_key: ApiKey | None = None) -> Notification:
    """Put a notification into the queue, in the caller's transaction; workers are woken when
    that is committed. `api_key` is the one that it came with.

    Raises InvalidNotification, or AttachmentLimitExceeded (kept in the log as Refused);
    nothing is queued then.
    """
    saved = EmailSettings.objects.current()
    row = _row(new, initiator=initiator)
    row.cloud = cloud_of(effective(saved.values())).key
    domain = saved.account.address.rpartition("@")[2] if saved.account else ""
    row.message_id = f"<{uuid.uuid4()}@{domain or 'mail-connector.invalid'}>"
    sizes = [attachments.size_of(file.content) for file in new.files]
    _check_limit(sum(sizes), row, saved)
    _check_permissions(sizes, row, saved)
    stored = [attachments.store(f.name, f.content, f.content_type, f.content_id) for f in new.files]
    row.fingerprint = _fingerprint(row, stored)
    with transaction.atomic():
        kept = _save(row)
        if kept is row:
            Attachment.objects.bulk_create(
                Attachment(notification=row, **asdict(file)) for file in stored
            )
            if api_key:
                ApiNotification.objects.create(notification=row, api_key=api_key)
            transaction.on_commit(tasks.wake)
    return kept


def resend(entry: Attempt, *, initiator: str) -> Notification:
    """A new notification with the content of a log entry's one.

    Raises InvalidNotification where that is no longer kept, and what enqueue raises.
    """
    old = entry.notification
    if old is None:
        raise InvalidNotification(
            "The content of this entry is not kept any more, so it cannot be sent again."
        )
    with attachments.opened(old) as files:
        new = NewNotification(
            to=old.to,
            cc=old.cc,
            bcc=old.bcc,
            from_=old.from_address,
            reply_to=old.reply_to,
            subject=old.subject,
            text=old.text,
            html=old.html,
            headers=[(name, value) for name, value in old.headers],
            files=[NewFile(f.name, stream, f.content_type, f.content_id) for f, stream in files],
            importance=Importance(old.importance),
            sensitive=old.sensitive,
        )
        return enqueue(new, initiator=initiator)


def pause(*, by: str) -> None:
    """Nothing leaves until resume, but what a person sends with Send now."""
    QueueState.objects.update_or_create(
        pk=1, defaults={"paused_at": timezone.now(), "paused_by": by}
    )


def resume() -> None:
    QueueState.objects.update_or_create(pk=1, defaults={"paused_at": None, "paused_by": ""})
    transaction.on_commit(tasks.wake)


def send_now(rows: NotificationQuerySet) -> int:
    """Pending and failed ones of `rows` leave at once. Returns how many."""
    changed = rows.send_now(now=timezone.now())
    transaction.on_commit(tasks.wake)
    return changed


def send_again(rows: NotificationQuerySet) -> int:
    """Those that may have been sent, once more: a person has decided."""
    changed = rows.send_again(now=timezone.now())
    transaction.on_commit(tasks.wake)
    return changed


@transaction.atomic
def mark_as_sent(rows: NotificationQuerySet) -> int:
    """A person knows that they went out; applications are told so."""
    now = timezone.now()
    pks = list(rows.filter(status=Status.UNCONFIRMED).values_list("pk", flat=True))
    changed = Notification.objects.filter(pk__in=pks).mark_as_sent(now=now)
    callbacks.announce(pks, now=now)
    return changed


def cancel(rows: NotificationQuerySet) -> int:
    """Take out of the queue what is not being sent right now."""
    return rows.cancel()


def _row(new: NewNotification, *, initiator: str) -> Notification:
    """The unsaved row; raises InvalidNotification."""
    now = timezone.now()
    row = Notification(
        initiator=initiator[:150],
        to=_addresses("To", new.to),
        cc=_addresses("Cc", new.cc),
        bcc=_addresses("Bcc", new.bcc),
        reply_to=_addresses("Reply-To", new.reply_to),
        from_address=_one_address("From", new.from_),
        subject=new.subject,
        text=new.text,
        html=new.html,
        headers=[list(pair) for pair in new.headers],
        importance=new.importance,
        priority=new.priority,
        due_at=new.due_at or now,
        expires_at=new.expires_at,
        key=new.key or None,
        sensitive=new.sensitive,
    )
    for problem in _problems(row, now=now):
        raise InvalidNotification(problem)
    return row


def _problems(row: Notification, *, now: datetime) -> list[str]:
    """Everything that is wrong with a row, each in a sentence."""
    found = [check_header(name, value) for name, value in row.headers]
    if not row.recipients:
        found.append("The notification has no recipient.")
    if len(row.recipients) > MOST_RECIPIENTS:
        found.append(f"The notification has more than {MOST_RECIPIENTS} recipients.")
    if any(character in row.subject for character in "\r\n\0"):
        found.append("The subject contains a line break.")
    if len(row.subject) > LONGEST_SUBJECT:
        found.append(f"The subject is longer than {LONGEST_SUBJECT} characters.")
    found += [
        check_text(field, text)
        for field, text in (("subject", row.subject), ("body", row.text), ("body", row.html))
    ]
    if row.expires_at and row.expires_at <= now:
        found.append("The notification has expired already.")
    if row.key and len(row.key) > 200:  # noqa: PLR2004 - the size of the column
        found.append("The idempotency key is longer than 200 characters.")
    return [problem for problem in found if problem]


def _addresses(field: str, given: str | Sequence[str]) -> list[str]:
    texts = [given] if isinstance(given, str) else given
    try:
        return [str(address) for text in texts for address in parse_addresses(text)]
    except AddressError as error:
        raise InvalidNotification(f"{field}: {error}") from error


def _one_address(field: str, text: str) -> str:
    try:
        return str(parse_address(text)) if text.strip() else ""
    except AddressError as error:
        raise InvalidNotification(f"{field}: {error}") from error


def _check_permissions(sizes: Sequence[int], row: Notification, saved: EmailSettings) -> None:
    """With Mail.Send alone a message has to fit into one request."""
    if saved.api != Api.GRAPH or saved.protection:
        return
    if mime_size((row.text, row.html), sizes) <= settings.LARGEST_MIME:
        return
    raise InvalidNotification(
        f"The notification “{row.subject}” was not added to the queue: with its attachments "
        f"({_megabytes(sum(sizes))}) it is too large for one request to Microsoft Graph, and "
        "“Protect against duplicates and send large attachments” is off."
    )


def _check_limit(total: int, row: Notification, saved: EmailSettings) -> None:
    limit = saved.values().attachment_limit
    if limit is None or total <= limit:
        return
    error = (
        f"The notification “{row.subject}” was not added to the queue: its attachments total "
        f"{_megabytes(total)}, the limit is {_megabytes(limit)}."
    )
    Attempt.objects.create(
        at=timezone.now(),
        result=Result.REFUSED,
        account=saved.account.address if saved.account else "",
        from_address=row.from_address,
        recipients=", ".join(row.recipients),
        subject=row.subject,
        error=error,
        code="AttachmentLimitExceeded",
        note=f"Initiator: {row.initiator}" if row.initiator else "",
    )
    raise AttachmentLimitExceeded(error)


def _megabytes(size: int) -> str:
    """With the bytes, so that a total just over the limit does not look equal to it."""
    return f"{size / MEGABYTE:,.2f} MB ({size:,} bytes)"


def _fingerprint(row: Notification, files: Sequence[StoredFile]) -> str:
    """Of all that the recipient sees: the same key must come with the same content."""
    content = [
        row.from_address, row.to, row.cc, row.bcc, row.reply_to, row.subject, row.text, row.html,
        row.headers, row.importance, [[f.path, f.name, f.content_id] for f in files],
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def _save(row: Notification) -> Notification:
    """The row, or the one that has its key already."""
    if row.key is None:
        row.save(force_insert=True)
        return row
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        kept = Notification.objects.get(key=row.key)
        if kept.fingerprint != row.fingerprint:
            raise InvalidNotification(
                f"The key “{row.key}” was used for a notification with other content."
            ) from None
        return kept
    return row
