"""A copy of a message: what it takes over, and what a person has changed of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from notifications.message.message import Importance
from notifications.models import Attachment, Notification, Origin
from notifications.models.notification import Priority
from notifications.models.origin import How

from .admission import NewFile, NewNotification


@dataclass(frozen=True, slots=True)
class Change:
    """`values` replace what the message has, by the names of NewNotification. `without` are the
    numbers of attachments that are left out. As it is, nothing changes."""

    how: How = How.RESENT
    values: dict[str, Any] = field(default_factory=dict)
    without: Collection[int] = ()


def redirected(to: str) -> Change:
    """The copy goes to `to` alone."""
    return Change(How.REDIRECTED, {"to": to, "cc": (), "bcc": ()})


def content_of(
    old: Notification,
    files: Sequence[tuple[Attachment, BinaryIO]],
    change: Change,
    *,
    key: str = "",
) -> NewNotification:
    """Return what the copy is made of; `files` are open."""
    values: dict[str, Any] = {
        "to": old.to,
        "cc": old.cc,
        "bcc": old.bcc,
        "from_": old.from_address,
        "reply_to": old.reply_to,
        "subject": old.subject,
        "text": old.text,
        "html": old.html,
        "headers": [(name, value) for name, value in old.headers],
        "importance": Importance(old.importance),
        "priority": Priority(old.priority),
        "sensitive": old.sensitive,
    }
    kept = [(file, stream) for file, stream in files if file.pk not in change.without]
    return NewNotification(
        **values | change.values,
        files=[NewFile(f.name, stream, f.content_type, f.content_id) for f, stream in kept],
        key=key,
    )


def origin_of(old: Notification, change: Change) -> Origin:
    """Return what links the copy with its original; its notification is set by whoever saves it."""
    before = getattr(old, "origin", None)
    changed = [*change.values, *(["attachments"] if change.without else [])]
    return Origin(
        original=old,
        original_number=old.pk,
        how=change.how,
        changed=changed if change.how is How.EDITED else [],
        template=before.template if before else None,
        template_name=before.template_name if before else "",
    )
