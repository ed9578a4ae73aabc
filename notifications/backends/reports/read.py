"""Read a delivery report (RFC 3464). Pure, and never raises: whatever is no report gives None.

Out-of-office answers have no delivery status, read receipts have a disposition notification in its
place (RFC 8098), and a bounce that somebody forwards stands in a message of a person.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime

from notifications.backends.errors import line
from notifications.message.encoded_words import decoded

from . import fields, mime
from .report import Action, DeliveryReport, ReportedRecipient

_MESSAGE_ID = re.compile(r"<[^<>\s]{1,900}>")
_OF_RETURNED = re.compile(r"^Message-ID[ \t]*:[ \t]*(?:\r?\n[ \t]+)?(\S.*)", re.I | re.M)
_MOST_IDS = 20
_LONGEST_RETURNED = 200_000
# Exchange marks its reports so ("X-MS-Exchange-Message-Is-Ndr" has no value).
IS_NDR = "X-MS-Exchange-Message-Is-Ndr"
_AUTH_AS = "X-MS-Exchange-Organization-AuthAs"
_MACHINES = re.compile(r"(^|[<\s])(mailer-daemon|postmaster|microsoftexchange)[^@\s]*@", re.I)
_LISTED = re.compile(r'[^\s<>,;"]+@[^\s<>,;"]+')
# The headers that are kept of a report that belongs to no known message.
_KEPT = ("From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References")
_LONGEST_KEPT = 300


def read(raw: bytes) -> DeliveryReport | None:
    """Return what a message reports, or None for a message that is no report."""
    message = mime.parse(raw)
    if message is None:
        return None
    try:
        return _read(message)
    except mime.BROKEN:
        return None


def _read(message: Message) -> DeliveryReport | None:
    if not _is_of_machine(message):
        return None
    parts = mime.parts(message)
    status = next((part for part in parts if mime.is_status(part)), None)
    of_message: fields.Block = {}
    if status is not None:
        of_message, blocks = fields.blocks(mime.text(status))
        found = tuple(fields.recipients(blocks))
    else:
        found = tuple(_without_status(message))
    if not found:
        return None
    ids = _ids(message, parts, status, of_message)
    return DeliveryReport(
        message_ids=tuple(dict.fromkeys(ids))[:_MOST_IDS],
        recipients=found,
        server=fields.value_of_type(of_message.get("reporting-mta", "")).lower()[:255],
        is_internal=_is_internal(message),
        own_id=next(iter(_ids_in(mime.header(message, "Message-ID"))), ""),
        sent_at=_date(mime.header(message, "Date")),
        headers=tuple(_kept(message)),
    )


def _is_of_machine(message: Message) -> bool:
    """Say whether a server wrote it: a person's message may have a report in it, too."""
    if message.get_content_type() == "multipart/report":
        kind = str(message.get_param("report-type", "delivery-status")).lower()
        return kind == "delivery-status"
    if IS_NDR in message or mime.header(message, "Return-Path") == "<>":
        return True
    automatic = mime.header(message, "Auto-Submitted").lower()
    is_automatic = automatic.startswith(("auto-generated", "auto-replied"))
    return is_automatic or bool(_MACHINES.search(mime.header(message, "From")))


def _without_status(message: Message) -> Iterator[ReportedRecipient]:
    """Yield the recipients that Exim and Gmail name in a header, where there is no status."""
    if _MACHINES.search(mime.header(message, "From")):
        for address in _LISTED.findall(mime.header(message, "X-Failed-Recipients")):
            yield ReportedRecipient((address.lower(),), Action.FAILED)


def _ids(
    message: Message, parts: list[Message], status: Message | None, of_message: fields.Block
) -> Iterator[str]:
    after = parts[parts.index(status) + 1 :] if status is not None else parts
    for part in after:
        yield from _ids_of_returned(part)
    for name in ("In-Reply-To", "References", "X-Original-Message-ID"):
        # The last of the references is the message that is answered.
        yield from reversed(_ids_in(" ".join(mime.headers(message, name))))
    for name in ("x-original-message-id", "original-message-id"):
        yield from _ids_in(of_message.get(name, ""))


def _ids_of_returned(part: Message) -> list[str]:
    """Return the Message-ID of a returned message, or of its headers alone."""
    if part.is_multipart():
        inner = part.get_payload(0)
        if isinstance(inner, Message) and inner.keys():
            return _ids_in(mime.header(inner, "Message-ID"))[:1]
    written = _OF_RETURNED.search(mime.text(part)[:_LONGEST_RETURNED])
    return _ids_in(decoded(written[1].strip()))[:1] if written else []


def _ids_in(text: str) -> list[str]:
    return _MESSAGE_ID.findall(text)


def _is_internal(message: Message) -> bool:
    """Say whether Exchange marked the message, once: a second mark is somebody else's."""
    marks = mime.headers(message, _AUTH_AS)
    return len(marks) == 1 and marks[0].lower() == "internal"


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _kept(message: Message) -> Iterator[tuple[str, str]]:
    for name in _KEPT:
        if value := line(mime.header(message, name), _LONGEST_KEPT):
            yield name, value
