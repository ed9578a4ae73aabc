"""Read a t:Message of a request into the emulator's properties."""

import base64
import mimetypes
from typing import Any
from xml.etree.ElementTree import Element

from exchange_emulator.ews import elements
from exchange_emulator.ews.elements import is_true
from exchange_emulator.mail import errors
from exchange_emulator.mime import headers
from exchange_emulator.mime.reading import Attachment

_RECIPIENTS = {
    "ToRecipients": "toRecipients",
    "CcRecipients": "ccRecipients",
    "BccRecipients": "bccRecipients",
    "ReplyTo": "replyTo",
}
_TEXTS = {
    "Subject": "subject",
    "InternetMessageId": "internetMessageId",
    "InReplyTo": "inReplyTo",
    "References": "references",
}
_SWITCHES = {
    "IsReadReceiptRequested": "isReadReceiptRequested",
    "IsDeliveryReceiptRequested": "isDeliveryReceiptRequested",
    "IsRead": "isRead",
}


def properties(message: Element) -> dict[str, Any]:
    """Return only the properties that the element names."""
    found: dict[str, Any] = {}
    for name, key in _RECIPIENTS.items():
        if elements.child(message, name) is not None:
            found[key] = [elements.mailbox(each) for each in elements.children(message, name)]
    for name, key in _SWITCHES.items():
        value = elements.text(message, name)
        if value is not None:
            found[key] = is_true(value)
    for name, key in _TEXTS.items():
        value = elements.text(message, name)
        if value is not None:
            found[key] = value
    _add_singles(message, found)
    _add_extended(message, found)
    return found


def _add_singles(message: Element, found: dict[str, Any]) -> None:
    importance = elements.text(message, "Importance")
    if importance:
        found["importance"] = importance.lower()
    author = elements.children(message, "From")
    if author:
        found["from"] = elements.mailbox(author[0])
    body = elements.child(message, "Body")
    if body is not None:
        kind = body.attrib["BodyType"].lower()
        found["body"] = {"contentType": kind, "content": body.text or ""}
    categories = elements.child(message, "Categories")
    if categories is not None:
        found["categories"] = [each.text or "" for each in categories]


def _add_extended(message: Element, found: dict[str, Any]) -> None:
    """Turn extended properties of the set InternetHeaders into header fields."""
    for each in message:
        if elements.local(each) != "ExtendedProperty":
            continue
        uri, value = each[0].attrib, elements.text(each, "Value") or ""
        if uri.get("DistinguishedPropertySetId") == "InternetHeaders":
            header = {"name": uri.get("PropertyName", ""), "value": value}
            if not headers.is_name(header["name"]):
                continue
            found.setdefault("internetMessageHeaders", []).append(header)


def mime(message: Element) -> bytes | None:
    text = elements.text(message, "MimeContent")
    if text is None:
        return None
    try:
        return headers.with_crlf(base64.b64decode("".join(text.split()), validate=True))
    except ValueError as error:
        raise errors.invalid_base64() from error


def attachment(element: Element) -> Attachment:
    # The grammar has checked that the content is base64.
    data = base64.b64decode(elements.text(element, "Content") or "")
    name = elements.text(element, "Name") or ""
    return Attachment(
        tag="",
        name=name,
        content_type=elements.text(element, "ContentType") or _guessed(name),
        data=data,
        content_id=elements.text(element, "ContentId") or "",
        is_inline=is_true(elements.text(element, "IsInline")),
    )


def _guessed(name: str) -> str:
    """Return the media type that the name tells; a file of another one has none of its own."""
    return mimetypes.guess_type(name)[0] or "application/octet-stream"
