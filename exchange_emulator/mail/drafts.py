"""Make drafts from properties or MIME, change them, and render them as MIME."""

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from uuid import uuid4

from exchange_emulator.directory import User
from exchange_emulator.mail import errors
from exchange_emulator.mime import composing, headers, reading
from exchange_emulator.mime.reading import Attachment
from exchange_emulator.storage.mailboxes import OUTBOX, Item
from exchange_emulator.world import World

# Each property of Graph maps to the header that says the same.
_PATCHED_HEADERS = {
    "toRecipients": "To",
    "ccRecipients": "Cc",
    "bccRecipients": "Bcc",
    "replyTo": "Reply-To",
    "subject": "Subject",
    "importance": "Importance",
    **reading.THREAD,
}


def new_message_id() -> str:
    """Make a Message-ID in the shape of Exchange Online's own."""
    return f"<{uuid4().hex.upper()[:30]}@EMULATOR.PROD.OUTLOOK.COM>"


def create(
    world: World, mailbox: User, properties: dict[str, Any], *, mime: bytes | None = None,
    attachments: list[Attachment] | None = None, folder: str = "drafts",
) -> Item:  # fmt: skip
    """Save a new draft; raise MailError if the mailbox is full or the message too large."""
    world.faults.check_mailbox(mailbox.address)
    size = len(mime or b"") + sum(len(each.data) for each in attachments or [])
    if world.limits.over("message_size", size):
        raise errors.too_large()
    message_id = properties.get("internetMessageId") or (
        headers.find(headers.split(mime)[0], "Message-ID") if mime else ""
    )
    content = world.contents.add(properties, mime)
    for attachment in attachments or []:
        world.contents.attach(content, attachment)
    return world.mailboxes.add_item(
        mailbox.address,
        folder,
        content=content,
        message_id=message_id or new_message_id(),
        subject=properties.get("subject") or "",
        now=world.clock.now(),
        is_read=properties.get("isRead") is not False,
    )


def change(world: World, item: Item, changes: dict[str, Any]) -> Item:
    """Apply a PATCH; a draft that was MIME keeps its body's bytes unless the body changes."""
    item = _changeable(world, item)
    properties = {**world.contents.properties(item.content), **changes}
    mime = world.contents.mime(item.content)
    if mime is not None and "body" in changes:
        for attachment in reading.attachments(mime):
            world.contents.attach(item.content, attachment)
        mime = None
    elif mime is not None:
        mime = _with_changed_headers(mime, properties, set(changes))
    world.contents.replace(item.content, properties, mime)
    return world.mailboxes.touch(
        item,
        now=world.clock.now(),
        # Whether an item was read is not a change of it.
        change=item.change + (set(changes) != {"isRead"}),
        message_id=changes.get("internetMessageId") or item.message_id,
        subject=properties.get("subject") or "",
        is_read=item.is_read if changes.get("isRead") is None else changes["isRead"],
    )


def _changeable(world: World, item: Item) -> Item:
    """Return the item with contents of its own; raise MailError if it waits in the Outbox."""
    if item.folder == OUTBOX:
        raise errors.submitted()
    return world.mailboxes.own_content(item)


def attach(world: World, item: Item, attachment: Attachment) -> tuple[Item, Attachment]:
    """Add an attachment; raise MailError if the mailbox is full or the message gets too large."""
    world.faults.check_mailbox(item.mailbox)
    item = _changeable(world, item)
    present = world.contents.attachments(item.content)
    sizes = [len(each.data) for each in (*present, attachment)]
    if world.limits.over(
        "message_size", len(world.contents.mime(item.content) or b"") + sum(sizes)
    ):
        raise errors.too_large()
    made = world.contents.attach(item.content, attachment)
    return world.mailboxes.touch(item, now=world.clock.now()), made


def _with_changed_headers(mime: bytes, properties: dict[str, Any], changed: set[str]) -> bytes:
    names = [header for name, header in _PATCHED_HEADERS.items() if name in changed]
    if not names:
        return mime
    fields, body = headers.split(mime)
    fresh, _ = headers.split(composing.compose({**properties, "body": None}, []))
    wanted = {name.lower() for name in names}
    kept = headers.without(fields, *names)
    return headers.join([*(f for f in fresh if f.name.lower() in wanted), *kept], body)


def attachments(world: World, item: Item) -> list[Attachment]:
    """Return all attachments: first those inside the MIME, then those added."""
    mime = world.contents.mime(item.content)
    return (reading.attachments(mime) if mime else []) + world.contents.attachments(item.content)


def detach(world: World, item: Item, gone: Attachment) -> None:
    """Remove an attachment; a draft of MIME that loses a part becomes one of properties."""
    item = _changeable(world, item)
    if gone.tag.startswith("a"):
        world.contents.detach(item.content, gone.tag)
    else:
        kept = [each for each in attachments(world, item) if each.tag != gone.tag]
        world.contents.detach(item.content)
        world.contents.replace(item.content, world.contents.properties(item.content), None)
        for each in kept:
            world.contents.attach(item.content, each)
    world.mailboxes.touch(item, now=world.clock.now())


def render(world: World, item: Item) -> bytes:
    """Render a draft as it would be sent now, with its Bcc; a sent message as it was sent."""
    mime = world.contents.mime(item.content)
    added = world.contents.attachments(item.content)
    if item.sent_at is not None and mime is not None and not added:
        return mime
    properties = world.contents.properties(item.content)
    if mime is None:
        mime = composing.compose(properties, added)
    elif added:
        mime = composing.with_attachments(mime, added)
    fields, body = headers.split(mime)
    if properties.get("from"):
        author = headers.author_header(fields, composing.address_of(properties["from"]))
        fields = [author, *headers.without(fields, "From")]
    return headers.join(with_identity(fields, item, at=item.sent_at or item.modified_at), body)


def with_identity(fields: list[headers.Header], item: Item, *, at: float) -> list[headers.Header]:
    """Set the time of submission over a Date that came in MIME; the Message-ID stays."""
    return [
        *headers.without(fields, "Date", "Message-ID"),
        headers.make("Date", format_datetime(datetime.fromtimestamp(at, UTC))),
        headers.make("Message-ID", headers.one_line(item.message_id)),
    ]
