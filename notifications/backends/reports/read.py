"""Read a delivery report (RFC 3464). Pure, and never raises: whatever is no report gives None.

Out-of-office answers have no delivery status, read receipts have a disposition notification in its
place (RFC 8098), and a bounce that somebody forwards stands in a message of a person.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime
from itertools import islice

from notifications.backends.errors import line

from . import exchange_text, fields, mime
from .report import LONGEST_ADDRESS, Action, DeliveryReport, ReportedRecipient

_MESSAGE_ID = re.compile(r"<[^<>\s]{1,900}>")
_WITHOUT_BRACKETS = re.compile(r"[^<>\s@]{1,400}@[^<>\s@]{1,400}")
_OF_RETURNED = re.compile(r"^Message-ID[ \t]*:[ \t]*(?:\r?\n[ \t]+)?(\S.*)", re.I | re.M)
_EMPTY_LINE = re.compile(r"\r?\n\r?\n")
_MOST_IDS = 20
_LONGEST_RETURNED = 200_000
# Exchange marks its reports so ("X-MS-Exchange-Message-Is-Ndr" has no value).
IS_NDR = "X-MS-Exchange-Message-Is-Ndr"
_AUTH_AS = "X-MS-Exchange-Organization-AuthAs"
# Exchange 2003 and before marks its reports so.
_IS_EMBEDDED = "X-MS-Embedded-Report"
_MACHINE = re.compile(r"(mailer-daemon|postmaster|microsoftexchange[0-9a-f]+)(@.*)?", re.I)
_LISTED = re.compile(r'[^\s<>,;"]+@[^\s<>,;"]+')
# The headers that are kept of a report that belongs to no known message.
_KEPT = ("From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References")
_LONGEST_KEPT = 300
# A date before it is none, and the first years have no time in each zone.
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)


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
    of_message, blocks = _statuses(parts)
    storable = _storable(blocks or _without_status(message, parts))
    found = list(islice(storable, fields.MOST_BLOCKS))
    if not found:
        return None
    ids = _ids(message, parts, of_message)
    return DeliveryReport(
        message_ids=tuple(dict.fromkeys(ids))[:_MOST_IDS],
        recipients=tuple(found),
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
        return kind.startswith("delivery-status")
    return _is_from_machine(message)


def _is_from_machine(message: Message) -> bool:
    if IS_NDR in message or _IS_EMBEDDED in message:
        return True
    sender = mime.header(message, "From")
    return sender == "<>" or bool(_MACHINE.fullmatch(parseaddr(sender)[1]))


def _statuses(parts: list[Message]) -> tuple[fields.Block, list[ReportedRecipient]]:
    """Return the fields of the message, and what each status says of its recipients."""
    of_message: fields.Block = {}
    found: list[ReportedRecipient] = []
    for part in filter(mime.is_status, parts):
        more, blocks = fields.blocks(mime.text(part))
        of_message = more | of_message
        found += fields.recipients(blocks)
    return of_message, found


def _storable(found: Iterable[ReportedRecipient]) -> Iterator[ReportedRecipient]:
    """Leave out the addresses that no column takes, and recipients that have no other: one odd
    address loses none of the others."""
    for each in found:
        addresses = tuple(filter(_is_storable, each.addresses))
        if addresses:
            yield replace(each, addresses=addresses)


def _is_storable(address: str) -> bool:
    return len(address) <= LONGEST_ADDRESS and address.isprintable()


def _without_status(message: Message, parts: list[Message]) -> Iterator[ReportedRecipient]:
    """Yield the recipients that Exim and Gmail name in a header, and Exchange in its text, where
    there is no status."""
    if not _is_from_machine(message):
        return
    if named := _LISTED.findall(mime.header(message, "X-Failed-Recipients")):
        yield from (ReportedRecipient((each.lower(),), Action.FAILED) for each in named)
        return
    for text in [part for part in parts if _is_text(part)][:1]:
        yield from exchange_text.recipients(mime.text(text))


def _ids(message: Message, parts: list[Message], of_message: fields.Block) -> Iterator[str]:
    """Yield what may be the Message-ID: of the returned message, of the report's headers, and last
    what stands in the text."""
    last = max((n for n, part in enumerate(parts) if mime.is_status(part)), default=-1)
    returned: list[Message] = []
    told: list[Message] = []
    for n, part in enumerate(parts):
        (returned if n > last or mime.is_returned(part) else told).append(part)
    for part in returned:
        yield from _ids_of_returned(part)
    for name in ("In-Reply-To", "References", "X-Original-Message-ID"):
        # The last of the references is the message that is answered.
        yield from reversed(_ids_in(" ".join(mime.headers(message, name))))
    for name in fields.ID_NAMES:
        yield from _ids_in(of_message.get(name, ""))
    for part in told:
        if _is_text(part):
            yield from _ids_of_returned(part)


def _ids_of_returned(part: Message) -> list[str]:
    """Return the Message-ID of a returned message, or of its headers alone."""
    inner = part.get_payload(0) if part.is_multipart() else None
    if not isinstance(inner, Message) or not inner.keys():
        return _id_in_text(mime.text(part))
    if "Message-ID" not in inner and mime.has_broken_headers(inner):
        return _id_in_text(_EMPTY_LINE.split(mime.text(inner), maxsplit=1)[0])
    return _id_in(mime.header(inner, "Message-ID"))


def _id_in_text(text: str) -> list[str]:
    written = _OF_RETURNED.search(text[:_LONGEST_RETURNED])
    return _id_in(mime.value(written[1])) if written else []


def _is_text(part: Message) -> bool:
    return part.get_content_type() == "text/plain"


def _id_in(value: str) -> list[str]:
    """Return the Message-ID of a field that has one; some write it without its brackets."""
    if _WITHOUT_BRACKETS.fullmatch(value.strip()):
        return [f"<{value.strip()}>"]
    return _ids_in(value)[:1]


def _ids_in(text: str) -> list[str]:
    return _MESSAGE_ID.findall(text)


def _is_internal(message: Message) -> bool:
    """Say whether Exchange marked the message, once: a second mark is somebody else's."""
    marks = mime.headers(message, _AUTH_AS)
    return len(marks) == 1 and marks[0].lower() == "internal"


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
        at = (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return at if at >= _EARLIEST else None


def _kept(message: Message) -> Iterator[tuple[str, str]]:
    for name in _KEPT:
        if value := line(mime.header(message, name), _LONGEST_KEPT):
            yield name, value
