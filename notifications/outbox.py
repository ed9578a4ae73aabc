"""The public verbs of the queue, which applications, pages and commands call."""

import uuid

from django.db import transaction
from django.utils import timezone

from . import wakeups
from .attachments import storage
from .errors import AttachmentLimitExceeded, InvalidNotification
from .i18n import Sentence
from .i18n import gettext_noop as _
from .models import (
    ApiKey,
    ApiNotification,
    Attempt,
    BulkRetry,
    ConnectionEvent,
    Notification,
    Origin,
    QueueState,
)
from .models.event import EventKind
from .models.origin import How
from .models.status import Status
from .models.transitions.rows import NotificationQuerySet
from .queue.intake import carried, insertion
from .queue.intake.admission import (
    NewFile,
    NewNotification,
    Rules,
    check_sizes,
    checked_row,
    log_refusal,
    mailbox_domain,
)
from .queue.intake.copies import Change, content_of, origin_of, redirected
from .queue.intake.key_limits import check_from
from .webhooks import callbacks

__all__ = [
    "Change", "How", "NewFile", "NewNotification", "cancel", "enqueue", "look_again",
    "mark_as_sent", "pause", "redirected", "resend", "resume", "retry", "send_again",
    "send_copy", "send_now",
]  # fmt: skip

_PIECE = 5000  # rows of one UPDATE


def enqueue(
    new: NewNotification,
    *,
    initiator: str,
    api_key: ApiKey | None = None,
    origin: Origin | None = None,
) -> Notification:
    """Put a notification, which may come with `api_key`, into the queue in the caller's
    transaction; its commit wakes the workers. `origin` is not saved yet.

    An earlier row with the same key is returned as `was_queued_before`; keys count for each
    `api_key` on its own. Recipients on the suppression list are left out, which the log says.
    Raises InvalidNotification, AttachmentLimitExceeded and SuppressedRecipients (kept in the log
    as Refused), or what the key is limited to; then nothing is queued.
    """
    rules = Rules()
    row = _let_in(new, initiator=initiator, api_key=api_key, rules=rules)
    stored = [storage.store(f.name, f.content, f.content_type, f.content_id) for f in new.files]
    link = None
    if api_key:
        link = ApiNotification(notification=row, api_key=api_key, key=row.key)
        row.key = None
    return insertion.insert(row, rules, stored=stored, link=link, origin=origin)


def send_copy(
    old: Notification, change: Change | None = None, *, initiator: str, key: str = ""
) -> Notification:
    """Queue a copy of a message; `key` makes it idempotent. It is the initiator's own: the
    application that queued the original gets no callback of it.

    Raises the errors of enqueue, and InvalidNotification if a file is no longer kept.
    """
    change = change or Change()
    if old.is_carried:
        row = carried.copy_of(old, change.values, initiator=initiator, key=key)
        return insertion.insert(row, Rules(), origin=origin_of(old, change))
    with storage.opened(old) as files:
        new = content_of(old, files, change, key=key)
        return enqueue(new, initiator=initiator, origin=origin_of(old, change))


def resend(entry: Attempt, *, initiator: str, key: str = "") -> Notification:
    """Queue a copy of a log entry's message to the same recipients.

    Raises InvalidNotification if that is no longer kept, and the errors of send_copy.
    """
    if entry.notification is None:
        text = _("The content of this entry has been deleted, so it can't be sent again.")
        raise InvalidNotification(Sentence(text))
    return send_copy(entry.notification, initiator=initiator, key=key)


@transaction.atomic
def pause(*, by: str) -> None:
    """Stop sending until resume; only Send now still sends."""
    now = timezone.now()
    if QueueState.objects.pause(by=by, now=now):
        ConnectionEvent.objects.create(kind=EventKind.PAUSED, at=now, who=by)


@transaction.atomic
def resume(*, by: str) -> None:
    if QueueState.objects.resume():
        ConnectionEvent.objects.create(kind=EventKind.RESUMED, at=timezone.now(), who=by)
    transaction.on_commit(wakeups.wake)


def send_now(rows: NotificationQuerySet) -> int:
    """Send pending and failed rows at once; return how many."""
    changed = rows.send_now(now=timezone.now())
    transaction.on_commit(wakeups.wake)
    return changed


@transaction.atomic
def retry(rows: NotificationQuerySet, *, by: str, code: str = "", error: str = "") -> BulkRetry:
    """Send failed rows at once, as one work whose progress can be followed; what has expired is
    left out. `code` and `error` name the one cause of all of them, if there is one."""
    now = timezone.now()
    bulk_retry = BulkRetry.objects.create(at=now, by=by[:150], error_code=code, error=error)
    bulk_retry.expired = rows.filter(status=Status.FAILED, expires_at__lt=now).count()
    pks = list(rows.filter(status=Status.FAILED).order_by().values_list("pk", flat=True))
    for start in range(0, len(pks), _PIECE):
        piece = Notification.objects.filter(pk__in=pks[start : start + _PIECE])
        bulk_retry.count += piece.retry(bulk_retry)
    if bulk_retry.count:
        bulk_retry.save()
    else:
        bulk_retry.delete()
    transaction.on_commit(wakeups.wake)
    return bulk_retry


def send_again(rows: NotificationQuerySet) -> int:
    """Send rows once more that may have been sent; a person has decided so."""
    changed = rows.send_again(now=timezone.now())
    transaction.on_commit(wakeups.wake)
    return changed


def look_again(rows: NotificationQuerySet) -> int:
    """Ask the mailbox once more about rows that may have been sent."""
    changed = rows.look_again(now=timezone.now())
    transaction.on_commit(wakeups.wake)
    return changed


@transaction.atomic
def mark_as_sent(rows: NotificationQuerySet) -> int:
    """Mark rows as sent, which a person knows; applications are told so."""
    now = timezone.now()
    pks = list(rows.filter(status=Status.UNCONFIRMED).values_list("pk", flat=True))
    changed = Notification.objects.filter(pk__in=pks).mark_as_sent(now=now)
    callbacks.announce(pks, now=now)
    return changed


def cancel(rows: NotificationQuerySet) -> int:
    """Take rows out of the queue that are not being sent right now."""
    return rows.cancel(now=timezone.now())


def _let_in(
    new: NewNotification, *, initiator: str, api_key: ApiKey | None, rules: Rules
) -> Notification:
    """Make the row of a notification that may enter the queue. Raises what enqueue says."""
    row = checked_row(new, initiator=initiator)
    if api_key:
        check_from(api_key, row.from_address)
    row.cloud = rules.cloud
    row.message_id = f"<{uuid.uuid4()}@{mailbox_domain()}>"
    try:
        check_sizes([storage.size_of(file.content) for file in new.files], row, rules)
    except AttachmentLimitExceeded as error:
        log_refusal(row, error, rules)
        raise
    return row
