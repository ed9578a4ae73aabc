"""Read a message: Graph's properties of it, its attachments, its HTML."""

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from html.parser import HTMLParser
from typing import Any

from exchange_emulator.mime import headers
from exchange_emulator.mime.headers import Address, Header

RECIPIENTS = {"toRecipients": "To", "ccRecipients": "Cc", "bccRecipients": "Bcc"}
_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+(; ?[\w.=+-]+)*\Z", re.ASCII)
# Messages that people write have three or four levels of parts.
DEEPEST = 40
_TAG = re.compile(r"<[^>]*>")
# EWS has these as properties, Graph has not.
THREAD = {"inReplyTo": "In-Reply-To", "references": "References"}
_IMPORTANCE = {"1": "high", "2": "high", "high": "high", "5": "low", "4": "low", "low": "low"}


@dataclass(frozen=True)
class Attachment:
    """Hold an attachment; `tag` tells it apart within its message and never changes there."""

    tag: str
    name: str
    content_type: str
    data: bytes
    content_id: str = ""
    is_inline: bool = False


def recipient(address: Address) -> dict[str, Any]:
    """Return Graph's recipient; the name defaults to the address."""
    name, mailbox = address
    return {"emailAddress": {"name": name or mailbox, "address": mailbox}}


def properties(mime: bytes) -> dict[str, Any]:
    """Return Graph's properties of a MIME message; `from` only if it has a From."""
    fields, _ = headers.split(mime)
    found: dict[str, Any] = {
        "subject": headers.decoded(headers.find(fields, "Subject")),
        "body": body(mime),
        "importance": _importance(fields),
        "isReadReceiptRequested": bool(headers.find(fields, "Disposition-Notification-To")),
        "isDeliveryReceiptRequested": bool(headers.find(fields, "Return-Receipt-To")),
        "replyTo": _recipients(fields, "Reply-To"),
        "internetMessageHeaders": _x_headers(fields),
    }
    for name, header in THREAD.items():
        if value := headers.find(fields, header):
            found[name] = value
    for name, header in RECIPIENTS.items():
        found[name] = _recipients(fields, header)
    author = headers.address(headers.find(fields, "From"))
    if author:
        found["from"] = recipient(author)
    return found


def _recipients(fields: list[Header], name: str) -> list[dict[str, Any]]:
    values = [field.value for field in fields if field.name.lower() == name.lower()]
    return [recipient(each) for value in values for each in headers.addresses(value)]


def _importance(fields: list[Header]) -> str:
    for name in ("Importance", "X-Priority", "Priority"):
        value = headers.find(fields, name).lower()[:4].split(" ")[0]
        if value:
            return _IMPORTANCE.get(value, "normal")
    return "normal"


def _x_headers(fields: list[Header]) -> list[dict[str, str]]:
    return [
        {"name": field.name, "value": headers.decoded(field.value)}
        for field in fields
        if field.name.lower().startswith("x-")
    ]


def body(mime: bytes) -> dict[str, str]:
    """Return Graph's itemBody: the HTML if there is one, else the text."""
    # compat32 reads what email.policy.default raises on, such as odd delivery reports.
    parts = [part for part in _parsed(mime).walk() if _is_body(part)]
    for subtype, name in (("html", "html"), ("plain", "text")):
        for part in parts:
            if part.get_content_subtype() == subtype:
                return {"contentType": name, "content": _text(part)}
    return {"contentType": "text", "content": ""}


def _is_body(part: Message) -> bool:
    return part.get_content_maintype() == "text" and not _is_attachment(part)


def _is_attachment(part: Message) -> bool:
    disposition = part.get_content_disposition()
    return disposition == "attachment" or (disposition == "inline" and _filename(part) is not None)


def _filename(part: Message) -> str | None:
    try:
        return part.get_filename()
    except (LookupError, ValueError):
        # The name is RFC 2231's, in an encoding that does not exist.
        return None


def _parsed(mime: bytes) -> Message:
    """Parse the message so that its parts can be read; one nested too deeply becomes text."""
    try:
        message = message_from_bytes(mime)
    except RecursionError:
        return message_from_bytes(b"\r\n" + mime)
    level, depth = [message], 0
    while level and depth <= DEEPEST:
        for part in level:
            _drop_bad_charset(part)
        level, depth = [inside for part in level for inside in _inside(part)], depth + 1
    return message_from_bytes(b"\r\n" + mime) if level else message


def _drop_bad_charset(part: Message) -> None:
    """Remove a charset such as idna, which email would take for that of a text."""
    try:
        part.get_payload()
    except ValueError:
        part.del_param("charset")


def _inside(part: Message) -> list[Message]:
    inside = part.get_payload()
    return (
        [each for each in inside if isinstance(each, Message)] if isinstance(inside, list) else []
    )


def _payload(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    if isinstance(payload, bytes):
        return payload
    # A message/rfc822 part has messages inside instead of bytes.
    inside = part.get_payload()
    first = inside[0] if isinstance(inside, list) and inside else None
    return first.as_bytes() if isinstance(first, Message) else b""


def _text(part: Message) -> str:
    charset = part.get_content_charset() or "utf-8"
    try:
        return headers.sound(_payload(part).decode(charset, "replace"))
    except (LookupError, ValueError):
        # The charset is no text encoding, or one such as idna that knows no "replace".
        return _payload(part).decode("utf-8", "replace")


def attachments(mime: bytes) -> list[Attachment]:
    found: list[Attachment] = []
    for part in _leaves(_parsed(mime)):
        if _is_body(part) or (part.get_content_maintype() == "multipart"):
            continue
        number = len(found) + 1
        found.append(
            Attachment(
                tag=f"m{number}",
                name=headers.decoded(_filename(part) or f"attachment-{number}"),
                content_type=_content_type(part),
                data=_payload(part),
                content_id=str(part.get("Content-ID", "")).strip().strip("<>"),
                is_inline=part.get_content_disposition() == "inline" or "Content-ID" in part,
            )
        )
    return found


def _content_type(part: Message) -> str:
    return safe_type(part.get_content_type())


def safe_type(text: str) -> str:
    """Return the media type if it can stand in a header, else application/octet-stream."""
    return text if _TYPE.match(text) else "application/octet-stream"


def _leaves(message: Message) -> list[Message]:
    """Return the parts of a message, not those inside an attached message."""
    inside = message.get_payload()
    if message.get_content_maintype() != "multipart" or not isinstance(inside, list):
        return [message]
    return [leaf for part in inside if isinstance(part, Message) for leaf in _leaves(part)]


class _TextOnly(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in ("style", "script", "head")
        if tag in ("br", "p", "div", "tr", "li"):
            self.found.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("style", "script", "head")

    def handle_data(self, data: str) -> None:
        if self._hidden <= 0:
            self.found.append(data)


def text_of(html: str) -> str:
    parser = _TextOnly()
    try:
        parser.feed(html)
    except AssertionError:
        # html.parser raises this for a declaration that is none.
        return _TAG.sub("", html).strip()
    return "".join(parser.found).strip()


def preview(content: dict[str, str]) -> str:
    """Return Graph's bodyPreview: the first 255 characters as text."""
    text = content.get("content") or ""
    plain = text_of(text[:20000]) if content.get("contentType") == "html" else text
    return " ".join(plain.split())[:255]
