"""Write reports that look like Exchange's, into the Inbox of who sent the message."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from email.header import Header
from email.utils import format_datetime
from typing import Any
from uuid import uuid4

from exchange_emulator.mail.drafts import new_message_id
from exchange_emulator.mime import headers, reading
from exchange_emulator.storage.mailboxes import Item
from exchange_emulator.trace.fates import Fate
from exchange_emulator.world import World

# What Exchange writes before the subject, by language.
UNDELIVERABLE = {
    "en": "Undeliverable",
    "de": "Unzustellbar",
    "fr": "Non remis",
    "et": "Kohaletoimetamatu",
    "ja": "配信不能",
}
_SERVER = "DB9PR01MB1234.eurprd01.prod.outlook.com"
CLASS = "REPORT.IPM.Note.NDR"


def report(world: World, sent: Item, envelope: dict[str, Any], *, now: float) -> None:
    """Write what has to be reported of a message, each at its time."""
    by_time: defaultdict[float, list[tuple[str, Fate]]] = defaultdict(list)
    for address in envelope["recipients"]:
        fate = world.fates.of(address)
        if fate.report:
            by_time[fate.after].append((address, fate))
    to_from = world.switches.values["reports_to_from"]
    author = world.directory.user(envelope["from"]) if to_from else None
    for after, failed in by_time.items():
        _put(world, author.address if author else sent.mailbox, sent, failed, due_at=now + after)


def _put(
    world: World, mailbox: str, sent: Item, failed: list[tuple[str, Fate]], *, due_at: float
) -> None:
    named = new_message_id()
    fate = failed[0][1]
    subject = f"{UNDELIVERABLE.get(fate.language, UNDELIVERABLE['en'])}: {sent.subject}"
    postmaster = ("Microsoft Outlook", f"{'MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e'}@"
                  f"{mailbox.rpartition('@')[2]}")  # fmt: skip
    original, _body = headers.split(world.contents.mime(sent.content) or b"")
    mime = _mime(
        subject, mailbox, postmaster[1], failed,
        named=named, about=sent.message_id, original=headers.join(original, b""), at=due_at,
    )  # fmt: skip
    properties = {
        "subject": subject,
        "body": {"contentType": "text", "content": "Delivery has failed to these recipients."},
        "from": reading.recipient(postmaster),
        "sender": reading.recipient(postmaster),
        "toRecipients": [reading.recipient(("", mailbox))],
        "singleValueExtendedProperties": [{"id": "String 0x001A", "value": CLASS}],
    }
    content = world.contents.add(properties, mime)
    world.mailboxes.deliver(
        [mailbox], content=content, message_id=named, subject=subject, now=world.clock.now(),
        due_at=due_at,
    )  # fmt: skip


def _mime(
    subject: str,
    mailbox: str,
    postmaster: str,
    failed: list[tuple[str, Fate]],
    *,
    named: str,
    about: str,
    original: bytes,
    at: float,
) -> bytes:
    fate = failed[0][1]
    boundary = f"_000_{uuid4().hex}_"
    marks = ["X-MS-Exchange-Organization-AuthAs: Internal"] if fate.internal else []
    server = fate.server or _SERVER
    head = [
        f"From: <{postmaster}>",
        f"To: <{mailbox}>",
        f"Date: {format_datetime(datetime.fromtimestamp(at, UTC))}",
        "Content-Type: multipart/report; report-type=delivery-status;",
        f'\tboundary="{boundary}"',
        "X-MS-Exchange-Message-Is-Ndr:",
        f"Content-Language: {fate.language}",
        f"Message-ID: {named}",
        f"In-Reply-To: {headers.one_line(about)}",
        f"References: {headers.one_line(about)}",
        f"Subject: {Header(headers.one_line(subject), 'utf-8').encode()}",
        "Auto-Submitted: auto-replied",
        "X-MS-Exchange-Message-Is-Ndr:",
        *marks,
        "MIME-Version: 1.0",
        "",
        f"--{boundary}",
        "Content-Type: text/html; charset=utf-8",
        "",
        "<html><body>Your message couldn't be delivered.</body></html>",
        "",
        f"--{boundary}",
        "Content-Type: message/delivery-status",
        "",
        f"Reporting-MTA: dns;{server}",
        f"Received-From-MTA: dns;{server}",
        f"Arrival-Date: {format_datetime(datetime.fromtimestamp(at, UTC))}",
        "",
        *_blocks(failed),
        f"--{boundary}",
        "Content-Type: message/rfc822",
        "",
        "",
    ]
    start = "\r\n".join(head).encode()
    return start + original + f"\r\n--{boundary}--\r\n".encode()


def _blocks(failed: Iterable[tuple[str, Fate]]) -> Iterable[str]:
    for address, fate in failed:
        yield f"Final-Recipient: rfc822;{address}"
        yield f"Action: {'failed' if fate.status == 'failed' else 'delayed'}"
        yield f"Status: {fate.code or '5.0.0'}"
        yield f"Diagnostic-Code: smtp;{fate.text or fate.code}"
        yield f"X-Display-Name: {address}"
        yield ""
