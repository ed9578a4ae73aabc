"""Render an item as a t:Message."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element

from exchange_emulator.clock import iso
from exchange_emulator.ews import elements, lookup
from exchange_emulator.ews.access import Call
from exchange_emulator.ews.elements import is_true
from exchange_emulator.ews.text import escape
from exchange_emulator.mail import drafts
from exchange_emulator.mail.ids import ews_form
from exchange_emulator.mime import composing, reading
from exchange_emulator.mime.reading import Attachment
from exchange_emulator.storage.mailboxes import Item


@dataclass(frozen=True)
class Shape:
    """Hold what a t:ItemShape asks for."""

    wants_all: bool = False
    wants_mime: bool = False
    wants_body: bool = False
    body_type: str = "Best"
    fields: frozenset[str] = field(default_factory=frozenset)


def shape(element: Element, *, for_list: bool = False) -> Shape:
    """Read the shape; a list never has bodies or recipients, whatever its shape."""
    base = elements.text(element, "BaseShape")
    asked = frozenset(
        each.attrib["FieldURI"].partition(":")[2]
        for each in elements.children(element, "AdditionalProperties")
        if "FieldURI" in each.attrib
    )
    wants_mime = is_true(elements.text(element, "IncludeMimeContent")) or "MimeContent" in asked
    return Shape(
        wants_all=base != "IdOnly",
        wants_mime=wants_mime and not for_list,
        wants_body=not for_list,
        body_type=elements.text(element, "BodyType") or "Best",
        fields=asked,
    )


def render(call: Call, item: Item, wanted: Shape) -> str:
    """Render the elements in the order of the schema, on which clients rely."""
    whole = _Rendered(call, item, call.world.contents.properties(item.content), wanted)
    parts = [
        make(whole)
        for name, make in _FIELDS.items()
        if name == "ItemId" or _is_wanted(name, wanted)
    ]
    return f"<t:Message>{''.join(parts)}</t:Message>"


def _is_wanted(name: str, wanted: Shape) -> bool:
    if name == "MimeContent":
        return wanted.wants_mime
    if name in _ONLY_IN_FULL and not wanted.wants_body:
        return False
    return wanted.wants_all or name in wanted.fields


_ONLY_IN_FULL = ("Body", "Attachments", "ToRecipients", "CcRecipients", "BccRecipients", "ReplyTo")


@dataclass(frozen=True)
class _Rendered:
    call: Call
    item: Item
    properties: dict[str, Any]
    wanted: Shape

    def people(self, name: str) -> list[dict[str, Any]]:
        hidden = name == "bccRecipients" and self.item.folder == "inbox"
        return [] if hidden else self.properties.get(name) or []


def _text(name: str, value: str) -> str:
    return f"<t:{name}>{escape(value)}</t:{name}>"


def _flag(name: str, value: object) -> str:
    return _text(name, "true" if value else "false")


def _mime(whole: _Rendered) -> str:
    made = drafts.render(whole.call.world, whole.item)
    text = base64.b64encode(made).decode()
    return f'<t:MimeContent CharacterSet="UTF-8">{text}</t:MimeContent>'


def _body(whole: _Rendered) -> str:
    body = whole.properties.get("body") or {}
    is_html = body.get("contentType") == "html"
    content = body.get("content") or ""
    if whole.wanted.body_type == "Text" and is_html:
        content, is_html = reading.text_of(content), False
    kind = "HTML" if is_html else "Text"
    return f'<t:Body BodyType="{kind}">{escape(content)}</t:Body>'


def attachment_id(call: Call, item: Item, made: Attachment) -> str:
    return ews_form(call.world.ids.attachment(item.mailbox, item.key, made.tag))


def file_attachment(call: Call, item: Item, made: Attachment, *, content: bool) -> str:
    named = f'<t:AttachmentId Id="{attachment_id(call, item, made)}"/>'
    content_id = _text("ContentId", made.content_id) if made.content_id else ""
    data = _text("Content", base64.b64encode(made.data).decode()) if content else ""
    return (
        f"<t:FileAttachment>{named}{_text('Name', made.name)}"
        f"{_text('ContentType', made.content_type)}{content_id}"
        f"{_text('Size', str(len(made.data)))}"
        f"{_text('LastModifiedTime', iso(item.modified_at))}{_flag('IsInline', made.is_inline)}"
        f"{_flag('IsContactPhoto', value=False)}{data}</t:FileAttachment>"
    )


def _attachments(whole: _Rendered) -> str:
    made = drafts.attachments(whole.call.world, whole.item)
    listed = "".join(file_attachment(whole.call, whole.item, a, content=False) for a in made)
    return f"<t:Attachments>{listed}</t:Attachments>" if listed else ""


def one(recipient: dict[str, Any]) -> str:
    name, address = composing.address_of(recipient)
    return (
        f"<t:Mailbox>{_text('Name', name or address)}{_text('EmailAddress', address)}"
        "<t:RoutingType>SMTP</t:RoutingType></t:Mailbox>"
    )


def _people(name: str, key: str) -> Callable[[_Rendered], str]:
    def render_people(whole: _Rendered) -> str:
        listed = "".join(one(each) for each in whole.people(key))
        return f"<t:{name}>{listed}</t:{name}>" if listed else ""

    return render_people


def _person(name: str, key: str) -> Callable[[_Rendered], str]:
    def render_person(whole: _Rendered) -> str:
        found = whole.properties.get(key) or whole.properties.get("from")
        return f"<t:{name}>{one(found)}</t:{name}>" if found else ""

    return render_person


def _names(name: str, key: str) -> Callable[[_Rendered], str]:
    return lambda whole: _text(
        name, "; ".join(each["emailAddress"]["name"] for each in whole.people(key))
    )


def _thread(name: str, key: str) -> Callable[[_Rendered], str]:
    def render_thread(whole: _Rendered) -> str:
        value = whole.properties.get(key)
        return _text(name, value) if value else ""

    return render_thread


def _switch(name: str, key: str) -> Callable[[_Rendered], str]:
    return lambda whole: _flag(name, whole.properties.get(key))


def _sent(name: str) -> Callable[[_Rendered], str]:
    return lambda whole: _text(name, iso(whole.item.sent_at or whole.item.created_at))


_FIELDS: dict[str, Callable[[_Rendered], str]] = {
    "MimeContent": _mime,
    "ItemId": lambda whole: lookup.item_id(whole.call, whole.item),
    "ParentFolderId": lambda whole: lookup.folder_id(
        whole.call, whole.item.mailbox, whole.item.folder, element="ParentFolderId"
    ),
    "ItemClass": lambda _: _text("ItemClass", "IPM.Note"),
    "Subject": lambda whole: _text("Subject", whole.item.subject),
    "Sensitivity": lambda _: _text("Sensitivity", "Normal"),
    "Body": _body,
    "Attachments": _attachments,
    "DateTimeReceived": _sent("DateTimeReceived"),
    "Size": lambda whole: _text("Size", str(len(drafts.render(whole.call.world, whole.item)))),
    "Importance": lambda whole: _text(
        "Importance", (whole.properties.get("importance") or "normal").capitalize()
    ),
    "InReplyTo": _thread("InReplyTo", "inReplyTo"),
    "IsSubmitted": lambda whole: _flag("IsSubmitted", whole.item.folder == "outbox"),
    "IsDraft": lambda whole: _flag("IsDraft", whole.item.is_draft),
    "IsFromMe": lambda whole: _flag("IsFromMe", whole.item.folder == "sentitems"),
    "IsResend": lambda _: _flag("IsResend", value=False),
    "IsUnmodified": lambda _: _flag("IsUnmodified", value=False),
    "DateTimeSent": _sent("DateTimeSent"),
    "DateTimeCreated": lambda whole: _text("DateTimeCreated", iso(whole.item.created_at)),
    "DisplayCc": _names("DisplayCc", "ccRecipients"),
    "DisplayTo": _names("DisplayTo", "toRecipients"),
    "HasAttachments": lambda whole: _flag(
        "HasAttachments", drafts.attachments(whole.call.world, whole.item)
    ),
    "Culture": lambda _: _text("Culture", "en-US"),
    "LastModifiedTime": lambda whole: _text("LastModifiedTime", iso(whole.item.modified_at)),
    "IsAssociated": lambda _: _flag("IsAssociated", value=False),
    "Sender": _person("Sender", "sender"),
    "ToRecipients": _people("ToRecipients", "toRecipients"),
    "CcRecipients": _people("CcRecipients", "ccRecipients"),
    "BccRecipients": _people("BccRecipients", "bccRecipients"),
    "IsReadReceiptRequested": _switch("IsReadReceiptRequested", "isReadReceiptRequested"),
    "IsDeliveryReceiptRequested": _switch(
        "IsDeliveryReceiptRequested", "isDeliveryReceiptRequested"
    ),
    "ConversationTopic": lambda whole: _text("ConversationTopic", whole.item.subject),
    "From": _person("From", "from"),
    "InternetMessageId": lambda whole: _text("InternetMessageId", whole.item.message_id),
    "IsRead": lambda whole: _flag("IsRead", whole.item.is_read),
    "References": _thread("References", "references"),
    "ReplyTo": _people("ReplyTo", "replyTo"),
}
