"""Render the mailbox pages as HTML."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from starlette.responses import Response

from exchange_emulator.clock import iso
from exchange_emulator.mail import drafts
from exchange_emulator.mime import composing, headers
from exchange_emulator.mime.headers import Address, Header
from exchange_emulator.pages import e, page
from exchange_emulator.storage.mailboxes import Item
from exchange_emulator.world import World

FOLDER_NAMES = {
    "inbox": "Inbox",
    "sentitems": "Sent Items",
    "drafts": "Drafts",
    "outbox": "Outbox",
    "deleteditems": "Deleted Items",
}


def address_of(item: Item) -> str:
    return f"/mailboxes/{quote(item.mailbox)}/{item.key}"


def index(world: World, found: list[tuple[str, int]]) -> Response:
    counts = dict(found)
    known = {user.address: user.name for user in world.directory.users}
    rows = "".join(
        f'<tr><td><a href="/mailboxes/{quote(address)}">{e(address)}</a></td>'
        f"<td>{e(known.get(address, ''))}</td><td>{counts.get(address, 0)}</td></tr>"
        for address in sorted({*known, *counts})
    )
    return page(
        "Mailboxes",
        "<h1>Mailboxes</h1><p>The exchange emulator keeps every message here; nothing leaves "
        'this machine.</p><div class="card"><table><thead><tr><th>Address</th><th>Name</th>'
        f"<th>Messages</th></tr></thead><tbody>{rows}</tbody></table></div>",
    )


def mailbox(
    world: World, address: str, *, folder: str, items: list[Item], counts: dict[str, int],
    number: int, has_more: bool,
) -> Response:  # fmt: skip
    user = world.directory.user(address)
    tabs = "".join(
        f'<a href="?folder={name}"{" aria-current=page" if name == folder else ""}>'
        f"{e(FOLDER_NAMES[name])} ({count})</a>"
        for name, count in counts.items()
    )
    rows = "".join(_row(world, item) for item in items)
    listing = (
        "<table><thead><tr><th>From</th><th>To</th><th>Subject</th><th>Date</th></tr></thead>"
        f"<tbody>{rows}</tbody></table>"
        if items
        else "<p>Nothing here yet. Messages appear as soon as they are delivered.</p>"
    )
    newer = f'<a href="?folder={folder}&amp;page={number - 1}">Newer</a>' if number > 1 else ""
    older = f'<a href="?folder={folder}&amp;page={number + 1}">Older</a>' if has_more else ""
    return page(
        f"{FOLDER_NAMES[folder]} of {address}",
        f'<p><a href="/">All mailboxes</a></p><h1>{e(address)}</h1>'
        f'<p class="soft">{e(user.name if user else "")}</p>'
        f'<nav class="tabs" aria-label="Folders">{tabs}</nav><div class="card">{listing}</div>'
        f'<p class="actions">{newer} {older}</p>',
    )


def _row(world: World, item: Item) -> str:
    properties = world.contents.properties(item.content)
    subject = e(item.subject or "(no subject)")
    return (
        f'<tr class="{"read" if item.is_read else "unread"}"><td>{e(author(properties))}</td>'
        f"<td>{e(_listed(properties, 'toRecipients'))}</td>"
        f'<td><a href="{address_of(item)}">{subject}</a></td>'
        f"<td>{_short(item.sent_at or item.modified_at, now=world.clock.now())}</td></tr>"
    )


def _local(at: float) -> datetime:
    """Return a time in the zone of this machine, on which whoever practises sits."""
    return datetime.fromtimestamp(at, UTC).astimezone()


def _short(at: float, *, now: float) -> str:
    """`14:08` today, else `28 Nov, 14:08`; the tooltip says it exactly."""
    when = _local(at)
    text = f"{when:%H:%M}" if when.date() == _local(now).date() else f"{when:%-d %b, %H:%M}"
    return f'<time datetime="{iso(at)}" title="{when:%-d %b %Y, %H:%M:%S %Z}">{text}</time>'


def author(properties: dict[str, Any]) -> str:
    """Name the author as Outlook does: "A on behalf of B" if the sender is another one."""
    shown = composing.address_of(properties.get("from"))
    sender = composing.address_of(properties.get("sender"))
    if sender[1] and sender[1].lower() != shown[1].lower():
        return f"{_shown(sender)} on behalf of {_shown(shown)}"
    return _shown(shown)


def _shown(address: Address) -> str:
    name, mailbox_address = address
    return f"{name} <{mailbox_address}>" if name and name != mailbox_address else mailbox_address


def _listed(properties: dict[str, Any], name: str) -> str:
    return ", ".join(_shown(composing.address_of(each)) for each in properties.get(name) or [])


def message(world: World, item: Item) -> Response:
    properties = world.contents.properties(item.content)
    fields = [("From", author(properties)), ("To", _listed(properties, "toRecipients")),
              ("Cc", _listed(properties, "ccRecipients"))]  # fmt: skip
    if item.folder != "inbox":
        fields.append(("Bcc", _listed(properties, "bccRecipients")))
    fields.append(("Reply-To", _listed(properties, "replyTo")))
    fields.append(("Date", f"{_local(item.sent_at or item.modified_at):%-d %b %Y, %H:%M:%S}"))
    shown = "".join(f"<dt>{name}</dt><dd>{e(value)}</dd>" for name, value in fields if value)
    return _item_page(
        item, "Message", f"<dl>{shown}</dl>{_files(world, item)}{_body(item, properties)}"
    )


def _body(item: Item, properties: dict[str, Any]) -> str:
    body = properties.get("body") or {}
    if body.get("contentType") == "html":
        return f'<iframe sandbox title="Message body" src="{address_of(item)}/body"></iframe>'
    return f"<pre>{e(body.get('content') or '')}</pre>"


def _files(world: World, item: Item) -> str:
    found = drafts.attachments(world, item)
    if not found:
        return ""
    listed = "".join(
        f'<li><a href="{address_of(item)}/attachments/{each.tag}" download>{e(each.name)}</a> '
        f'<span class="soft small">{e(each.content_type)}, {len(each.data)} bytes</span></li>'
        for each in found
    )
    return f"<h2>Attachments</h2><ul>{listed}</ul>"


def source(item: Item, text: str) -> Response:
    return _item_page(
        item, "Source", f'<p><a href="{address_of(item)}/raw">Download</a></p><pre>{e(text)}</pre>'
    )


def header_list(item: Item, fields: list[Header]) -> Response:
    rows = "".join(
        f"<tr><th>{e(field.name)}</th><td>{e(headers.decoded(field.value))}</td></tr>"
        for field in fields
    )
    return _item_page(item, "Headers", f"<table>{rows}</table>")


def _item_page(item: Item, current: str, content: str) -> Response:
    here = address_of(item)
    tabs = "".join(
        f'<a href="{here}{path}"{" aria-current=page" if name == current else ""}>{name}</a>'
        for name, path in (("Message", ""), ("Source", "/source"), ("Headers", "/headers"))
    )
    folder = FOLDER_NAMES.get(item.folder, item.folder)
    back = f"/mailboxes/{quote(item.mailbox)}?folder={item.folder}"
    return page(
        item.subject or "(no subject)",
        f'<p><a href="{back}">{e(folder)} of {e(item.mailbox)}</a></p>'
        f"<h1>{e(item.subject or '(no subject)')}</h1>"
        f'<nav class="tabs" aria-label="Views">{tabs}</nav><div class="card">{content}</div>',
    )
