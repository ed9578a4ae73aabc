"""How a row that may enter gets into the table: a key once, nobody who is on the suppression list,
and with it all that belongs to it."""

import hashlib
import json
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict

from django.db import IntegrityError, transaction

from notifications import wakeups
from notifications.attachments.storage import StoredFile
from notifications.errors import KeyInUse, SuppressedRecipients
from notifications.i18n import Sentence
from notifications.i18n import gettext_noop as _
from notifications.models import ApiNotification, Attachment, Notification, Origin

from . import suppressed
from .admission import Rules, log_refusal
from .key_limits import count_message
from .suppressed import LeftOut


def insert(
    row: Notification,
    rules: Rules,
    *,
    stored: Sequence[StoredFile] = (),
    link: ApiNotification | None = None,
    origin: Origin | None = None,
) -> Notification:
    """Insert a row with what goes with it, and wake the workers; or return the row that already has
    its key, or that of `link`. Raises SuppressedRecipients and KeyInUse."""
    row.fingerprint = _fingerprint(row, stored)
    try:
        left_out = suppressed.leave_out(row, rules)
    except SuppressedRecipients as error:
        if (kept := _kept_before(row, link)) is not None:
            return kept
        log_refusal(row, error, rules)
        raise
    # A single INSERT is a transaction of its own.
    with transaction.atomic() if stored or link or left_out or origin else nullcontext():
        kept = _save_unless_kept(row, link)
        if kept is row:
            if link:
                count_message(link.api_key)
            _save_what_goes_with(row, stored, left_out, rules, origin=origin)
            transaction.on_commit(wakeups.wake)
    return kept


def _fingerprint(row: Notification, files: Sequence[StoredFile]) -> str:
    """Fingerprint all that the recipient sees: the same key must come with the same content."""
    content = [
        row.from_address, row.to, row.cc, row.bcc, row.reply_to, row.subject, row.text, row.html,
        row.headers, row.importance, [[f.path, f.name, f.content_id] for f in files],
        *([row.raw_path] if row.is_carried else []),
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def _save_unless_kept(row: Notification, link: ApiNotification | None) -> Notification:
    """Insert the row and its link; return the row, or the one that already has their key."""
    if (link or row).key is None:
        _save_new(row, link)
        return row
    try:
        with transaction.atomic():
            _save_new(row, link)
    except IntegrityError:
        return _with_same_key(row, link)
    return row


def _save_what_goes_with(
    row: Notification,
    stored: Sequence[StoredFile],
    left_out: LeftOut | None,
    rules: Rules,
    *,
    origin: Origin | None,
) -> None:
    """Write what goes with a row that was inserted."""
    if left_out:
        suppressed.log_left_out(row, left_out, account=rules.account_address)
    if stored:
        Attachment.objects.bulk_create(
            Attachment(notification=row, **asdict(file)) for file in stored
        )
    if origin:
        origin.notification = row
        origin.save(force_insert=True)


def _save_new(row: Notification, link: ApiNotification | None) -> None:
    row.save(force_insert=True)
    if link:
        link.save(force_insert=True)


def _kept_before(row: Notification, link: ApiNotification | None) -> Notification | None:
    """The row that has the key already, if any."""
    if (link or row).key is None:
        return None
    try:
        return _with_same_key(row, link)
    except Notification.DoesNotExist:
        return None


def _with_same_key(row: Notification, link: ApiNotification | None) -> Notification:
    """The row that has the key. Raises KeyInUse if its content is another."""
    if link:
        same = Notification.objects.filter(
            came_with__api_key=link.api_key_id, came_with__key=link.key
        )
    else:
        same = Notification.objects.filter(key=row.key)
    kept = same.get()
    if kept.fingerprint != row.fingerprint:
        text = _("The key “%(key)s” was already used for a notification with different content.")
        raise KeyInUse(Sentence(text, key=(link or row).key)) from None
    kept.was_queued_before = True
    return kept
