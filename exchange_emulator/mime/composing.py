"""Compose a message from Graph's properties, and add attachments to one that exists."""

import base64
import re
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any
from uuid import uuid4

from exchange_emulator.mime import headers, reading
from exchange_emulator.mime.headers import Address
from exchange_emulator.mime.reading import Attachment

# JSON names no charset, so Exchange picks one; here it is always UTF-8.
CHARSET = "utf-8"
# This is how "singleValueLegacyExtendedProperty" names the MAPI property of List-Unsubscribe.
LIST_UNSUBSCRIBE = "string 0x1045"


_TYPE = re.compile(r"([\w.+-]+)/([\w.+-]+)", re.ASCII)


def _token(text: str) -> str:
    """Remove the characters that would end a Content-ID."""
    return re.sub(r"[^!-;=?-~]", "", text)


def address_of(recipient: dict[str, Any] | None) -> Address:
    given = (recipient or {}).get("emailAddress") or {}
    return given.get("name") or "", given.get("address") or ""


def compose(properties: dict[str, Any], attachments: list[Attachment]) -> bytes:
    """Compose a whole message; the caller sets From, Sender, Date and Message-ID by `headers`."""
    content = properties.get("body") or {}
    message = EmailMessage(policy=SMTP)
    _set_body(message, content.get("contentType") or "text", content.get("content") or "")
    for attachment in attachments:
        _attach(message, attachment)
    fields, rest = headers.split(message.as_bytes())
    return headers.join([*_fields(properties), *fields], rest)


def _set_body(message: EmailMessage, kind: str, content: str) -> None:
    if kind.lower() == "html":
        message.set_content(reading.text_of(content) + "\n", charset=CHARSET)
        message.add_alternative(content, subtype="html", charset=CHARSET)
    else:
        message.set_content(content, charset=CHARSET)


def _attach(message: EmailMessage, attachment: Attachment) -> None:
    kind = _TYPE.match(attachment.content_type)
    maintype, subtype = kind.groups() if kind else ("application", "octet-stream")
    if maintype in ("multipart", "message"):
        maintype, subtype = "application", "octet-stream"
    message.add_attachment(
        attachment.data,
        maintype=maintype,
        subtype=subtype,
        filename=headers.one_line(attachment.name),
        disposition="inline" if attachment.is_inline else "attachment",
        cid=f"<{_token(attachment.content_id)}>" if attachment.content_id else None,
    )


def _fields(properties: dict[str, Any]) -> list[headers.Header]:
    found = [headers.make("Subject", _encoded(properties.get("subject") or ""))]
    found += recipient_fields(properties)
    reply_to = [address_of(each) for each in properties.get("replyTo") or []]
    if reply_to:
        found.append(headers.address_header("Reply-To", reply_to))
    importance = (properties.get("importance") or "normal").lower()
    if importance != "normal":
        found.append(headers.make("Importance", importance))
    for name, thread in reading.THREAD.items():
        if properties.get(name):
            found.append(headers.make(thread, headers.one_line(properties[name])))
    for header in properties.get("internetMessageHeaders") or []:
        found.append(headers.make(header["name"], _encoded(header.get("value") or "")))
    for extended in properties.get("singleValueExtendedProperties") or []:
        if extended["id"].lower() == LIST_UNSUBSCRIBE:
            found.append(headers.make("List-Unsubscribe", _encoded(extended.get("value") or "")))
    return found


def recipient_fields(properties: dict[str, Any]) -> list[headers.Header]:
    found = []
    for name, header in reading.RECIPIENTS.items():
        listed = [address_of(each) for each in properties.get(name) or []]
        if listed:
            found.append(headers.address_header(header, listed))
    return found


def _encoded(text: str) -> str:
    if text.isascii():
        return headers.one_line(text)
    # 45 bytes of UTF-8 keep each encoded word below RFC 2047's 75 characters.
    words, rest = [], text
    while rest:
        length = len(rest)
        while len(rest[:length].encode()) > 45:  # noqa: PLR2004 - the reason is above
            length -= 1
        words.append(f"=?utf-8?B?{base64.b64encode(rest[:length].encode()).decode()}?=")
        rest = rest[length:]
    return "\r\n ".join(words)


def with_attachments(mime: bytes, attachments: list[Attachment]) -> bytes:
    """Make the message the first part of a multipart/mixed; its own bytes do not change."""
    fields, body = headers.split(mime)
    content = [field for field in fields if field.name.lower().startswith("content-")]
    rest = [f for f in fields if f not in content and f.name.lower() != "mime-version"]
    boundary = f"=_{uuid4().hex}"
    parts = [headers.join(content, body)]
    for attachment in attachments:
        wrapper = EmailMessage(policy=SMTP)
        _attach(wrapper, attachment)
        inside = wrapper.get_payload()
        part = inside[0] if isinstance(inside, list) else wrapper
        if isinstance(part, EmailMessage):
            parts.append(part.as_bytes())
    mark = f"--{boundary}".encode()
    joined = b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts) + mark + b"--\r\n"
    rest.append(headers.make("MIME-Version", "1.0"))
    rest.append(headers.make("Content-Type", f'multipart/mixed; boundary="{boundary}"'))
    return headers.join(rest, joined)
