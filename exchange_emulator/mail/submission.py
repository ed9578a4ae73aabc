"""Send a draft: put copies into Sent Items and into the inboxes.

"Things to know about sending mail": the answer comes before transport looks
at the message, so what transport refuses becomes a report in the sender's inbox.
"""

import re
from typing import Any

from exchange_emulator.directory import User
from exchange_emulator.mail import bounces, drafts, errors, reports, rights
from exchange_emulator.mime import composing, headers, reading
from exchange_emulator.mime.headers import Address, Header
from exchange_emulator.storage.mailboxes import NOWHERE, OUTBOX, Item
from exchange_emulator.world import World

_ADDRESS = re.compile(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+\Z")
# Exchange drops these even from MIME; Bcc and Sender are its own to set.
_STRIPPED = ("Auto-Submitted", "Bcc", "Sender", "Return-Path", "From")


def send(
    world: World, account: User, item: Item, *, api: str, save_copy: bool = True,
    may_send_for_others: bool = False, as_owner: bool = True,
) -> None:  # fmt: skip
    """Submit a draft; a MailError leaves it where it is.

    `as_owner` puts the name of the mailbox under a draft that has no From.
    """
    if not item.is_draft:
        raise errors.already_sent()
    if item.folder == OUTBOX:
        raise errors.submitted()
    now = world.clock.now()
    properties = world.contents.properties(item.content)
    asked = _asked_author(world, account, item, properties, as_owner=as_owner)
    author, sender = rights.resolve(world, account, asked, may_send_for_others=may_send_for_others)
    envelope = {
        "message_id": item.message_id,
        "subject": item.subject,
        **_envelope(properties, author, sender),
    }
    _check_recipients(world, envelope["recipients"])
    mime = _on_the_wire(world, item, author, sender, now=now)
    if world.limits.over("message_size", len(mime)):
        raise errors.too_large()
    properties["from"], properties["sender"] = reading.recipient(author), reading.recipient(sender)
    # Leaving the block commits, or rolls back after a bug of ours.
    with world.mailboxes.database as database:
        database.execute("BEGIN")
        world.contents.replace(item.content, properties, mime)
        world.contents.detach(item.content)
        _deliver(world, item, envelope, api=api, save_copy=save_copy, now=now)


def _asked_author(
    world: World, account: User, item: Item, properties: dict[str, Any], *, as_owner: bool
) -> Address | None:
    """Return the message's From, else the owner of the other mailbox that it is sent from."""
    asked = composing.address_of(properties.get("from"))
    if asked[1]:
        return asked
    if not as_owner or item.mailbox == account.address:
        return None
    owner = world.directory.user(item.mailbox)
    return (owner.name, owner.address) if owner else None


def _envelope(properties: dict[str, Any], author: Address, sender: Address) -> dict[str, Any]:
    listed = {
        name: [composing.address_of(each)[1] for each in properties.get(key) or []]
        for name, key in (("to", "toRecipients"), ("cc", "ccRecipients"), ("bcc", "bccRecipients"))
    }
    everybody = [address for addresses in listed.values() for address in addresses]
    # Each address gets one copy, however often it is named.
    recipients = list({address.lower(): address for address in everybody}.values())
    return {"from": author[1], "sender": sender[1], **listed, "recipients": recipients}


def _check_recipients(world: World, recipients: list[str]) -> None:
    if not recipients:
        raise errors.no_recipients()
    for address in recipients:
        if not _ADDRESS.match(address):
            raise errors.unresolved(address)
    if world.limits.over("recipients_per_message", len(recipients)):
        raise errors.too_many_recipients()


def _on_the_wire(
    world: World, item: Item, author: Address, sender: Address, *, now: float
) -> bytes:
    """Return what the recipients get: no Bcc, and Exchange's From, Sender and Date."""
    fields, body = headers.split(drafts.render(world, item))
    kept = headers.without(fields, *_STRIPPED)
    ours: list[Header] = [headers.author_header(fields, author)]
    if sender[1] != author[1]:
        ours.append(headers.address_header("Sender", [sender]))
    return headers.join(ours + drafts.with_identity(kept, item, at=now), body)


def _deliver(
    world: World, item: Item, envelope: dict[str, Any], *, api: str, save_copy: bool, now: float
) -> None:
    recipients = envelope["recipients"]
    allowed = world.limits.allow_recipients(item.mailbox, len(recipients), now=now)
    due_at = world.limits.delivery_at(item.mailbox, now=now) if allowed else now
    waits = due_at > now
    kept_in = ("outbox" if waits else "sentitems") if save_copy else NOWHERE
    sent = world.mailboxes.touch(
        item,
        now=now,
        folder=kept_in,
        is_draft=waits and save_copy,
        is_read=True,
        sent_at=now,
        due_at=due_at if waits and save_copy else None,
    )
    world.submissions.record(
        item=item.key, content=item.content, mailbox=item.mailbox, api=api, envelope=envelope,
        now=now, due_at=due_at,
    )  # fmt: skip
    if not allowed:
        reports.recipient_limit(world, sent, recipients)
        return
    known = (world.directory.user(address) for address in recipients)
    inboxes = [
        user.address if user else address.lower()
        for user, address in zip(known, recipients, strict=True)
    ]
    world.mailboxes.deliver(
        list(dict.fromkeys(inboxes)), content=item.content, message_id=item.message_id,
        subject=item.subject, now=now, due_at=due_at,
    )  # fmt: skip
    bounces.report(world, sent, envelope, now=due_at)
