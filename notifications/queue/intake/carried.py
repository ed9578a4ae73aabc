"""Carried messages on their way into the queue: what of them is read out once, and the row."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from notifications.attachments import storage
from notifications.errors import InvalidNotification
from notifications.i18n import Sentence
from notifications.i18n import gettext_noop as _
from notifications.message.addresses import Address
from notifications.message.encoded_words import decoded
from notifications.message.message import Importance
from notifications.message.raw.header import Field, comparable, first, mailboxes
from notifications.models import Attempt, Notification
from notifications.models.settings import Api, SettingsValues

from .admission import LONGEST_SUBJECT, Rules, mailbox_domain

_LONGEST_ID = 255
_IMPORTANCE = {"1": "high", "2": "high", "4": "low", "5": "low", "high": "high", "low": "low"}
_MOST_FILES = 200
# What a message that is sent again has of the former one.
_KEPT = (
    "from_address", "to", "cc", "bcc", "reply_to", "subject", "importance", "sensitive",
    "raw_path", "raw_size", "raw_files",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Carried:
    """What is known of a message that was handed in. `files` are name, type and size of each."""

    path: str
    size: int
    fields: Sequence[Field]
    recipients: Sequence[Address]
    from_address: str
    files: list[tuple[str, str, int]] = field(default_factory=list)
    reply_to: Sequence[Address] = ()


def row_of(
    carried: Carried,
    *,
    initiator: str,
    due_at: datetime,
    expires_at: datetime | None,
    now: datetime,
) -> Notification:
    """Make the row, which is not saved."""
    to, cc, bcc = by_header(carried.fields, carried.recipients)
    return Notification(
        initiator=initiator[:150],
        cloud=Rules().cloud,
        from_address=carried.from_address,
        to=to,
        cc=cc,
        bcc=bcc,
        reply_to=[str(each) for each in carried.reply_to],
        subject=subject_of(carried.fields),
        importance=_importance(carried.fields),
        due_at=due_at,
        scheduled_for=due_at if due_at > now else None,
        expires_at=expires_at,
        raw_path=carried.path,
        raw_size=carried.size,
        raw_files=[list(file) for file in carried.files[:_MOST_FILES]],
    )


def save(row: Notification, *, message_id: str) -> None:
    """Insert the row. It keeps the Message-ID that it came with if nobody else has it."""
    if _is_free(message_id):
        row.message_id = message_id
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            row.pk = None
        else:
            return
    row.message_id = f"<{uuid.uuid4()}@{mailbox_domain()}>"
    row.original_message_id = message_id[:_LONGEST_ID]
    row.save(force_insert=True)


def copy_of(
    old: Notification, recipients: Mapping[str, Any], *, initiator: str, key: str
) -> Notification:
    """Make a row, which is not saved, with the content of a carried message, under a new
    Message-ID, to its `to`, `cc` and `bcc` or those that are given. Raises InvalidNotification if
    the content is gone."""
    if not storage.renew(old.raw_path):
        text = _("The content of this entry has been deleted, so it can't be sent again.")
        raise InvalidNotification(Sentence(text))
    row = Notification(
        initiator=initiator[:150],
        key=key or None,
        cloud=Rules().cloud,
        message_id=f"<{uuid.uuid4()}@{mailbox_domain()}>",
        original_message_id=old.original_message_id or old.message_id,
        **{name: getattr(old, name) for name in _KEPT},
    )
    for name, given in recipients.items():
        setattr(row, name, [given] if isinstance(given, str) else list(given))
    return row


def by_header(
    fields: Sequence[Field], recipients: Sequence[Address]
) -> tuple[list[str], list[str], list[str]]:
    """Return To, Cc and Bcc of the recipients: where the header shows them, else hidden."""
    left = {comparable(each.address): each for each in recipients}
    lists: list[list[str]] = []
    for name in ("to", "cc"):
        values = [each.value for each in fields if each.is_one_of((name,))]
        shown = []
        for mailbox in (each for value in values for each in mailboxes(value)):
            if left.pop(comparable(mailbox.address), None):
                shown.append(str(mailbox))
        lists.append(shown)
    return lists[0], lists[1], [str(each) for each in left.values()]


def largest_request(values: SettingsValues, largest: int) -> int | None:
    """The most bytes that a message may have to go as it came; None = no such limit. `largest` is
    the size of one request to Graph."""
    return largest if values.api == Api.GRAPH else None


def subject_of(fields: Sequence[Field]) -> str:
    subject = decoded(first(fields, "Subject"))
    clean = "".join(each if each.isprintable() else " " for each in subject)
    return clean[:LONGEST_SUBJECT]


def _importance(fields: Sequence[Field]) -> Importance:
    for name in ("Importance", "X-Priority", "X-MSMail-Priority", "Priority"):
        if word := first(fields, name).strip().lower().partition(" ")[0]:
            return Importance(_IMPORTANCE.get(word, "normal"))
    return Importance.NORMAL


def _is_free(message_id: str) -> bool:
    if not message_id or len(message_id) > _LONGEST_ID:
        return False
    rows, entries = Notification.objects, Attempt.objects
    used = rows.filter(message_id=message_id).exists()
    return not used and not entries.filter(message_id=message_id).exists()
