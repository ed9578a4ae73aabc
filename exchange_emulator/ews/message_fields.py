"""Render the elements of a t:Message, each from one item."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from exchange_emulator.clock import iso
from exchange_emulator.ews import attachment_element, folders, lookup
from exchange_emulator.ews.access import Call
from exchange_emulator.ews.text import escape
from exchange_emulator.mail import drafts
from exchange_emulator.mail.ids import conversation, ews_form
from exchange_emulator.mime import composing, reading
from exchange_emulator.storage.mailboxes import Item


@dataclass(frozen=True)
class Rendered:
    call: Call
    item: Item
    properties: dict[str, Any]
    body_type: str

    def people(self, name: str) -> list[dict[str, Any]]:
        hidden = name == "bccRecipients" and self.item.folder == "inbox"
        return [] if hidden else self.properties.get(name) or []


def _text(name: str, value: str) -> str:
    return f"<t:{name}>{escape(value)}</t:{name}>"


def _flag(name: str, value: object) -> str:
    return _text(name, "true" if value else "false")


def _mime(whole: Rendered) -> str:
    made = drafts.render(whole.call.world, whole.item)
    text = base64.b64encode(made).decode()
    return f'<t:MimeContent CharacterSet="UTF-8">{text}</t:MimeContent>'


def _body(whole: Rendered) -> str:
    body = whole.properties.get("body") or {}
    is_html = body.get("contentType") == "html"
    content = body.get("content") or ""
    if whole.body_type == "Text" and is_html:
        content, is_html = reading.text_of(content), False
    kind = "HTML" if is_html else "Text"
    return f'<t:Body BodyType="{kind}">{escape(content)}</t:Body>'


def _attachments(whole: Rendered) -> str:
    made = drafts.attachments(whole.call.world, whole.item)
    listed = "".join(attachment_element.described(whole.call, whole.item, a) for a in made)
    return f"<t:Attachments>{listed}</t:Attachments>" if listed else ""


def one(recipient: dict[str, Any]) -> str:
    name, address = composing.address_of(recipient)
    return (
        f"<t:Mailbox>{_text('Name', name or address)}{_text('EmailAddress', address)}"
        "<t:RoutingType>SMTP</t:RoutingType></t:Mailbox>"
    )


def _people(name: str, key: str) -> Callable[[Rendered], str]:
    def render_people(whole: Rendered) -> str:
        listed = "".join(one(each) for each in whole.people(key))
        return f"<t:{name}>{listed}</t:{name}>" if listed else ""

    return render_people


def _person(name: str, key: str) -> Callable[[Rendered], str]:
    def render_person(whole: Rendered) -> str:
        found = whole.properties.get(key) or whole.properties.get("from")
        return f"<t:{name}>{one(found)}</t:{name}>" if found else ""

    return render_person


def _names(name: str, key: str) -> Callable[[Rendered], str]:
    return lambda whole: _text(
        name, "; ".join(each["emailAddress"]["name"] for each in whole.people(key))
    )


def _author(whole: Rendered) -> str:
    """Render From, which alone tells whether the address is a mailbox of the organization."""
    found = _person("From", "from")(whole)
    directory, author = whole.call.world.directory, whole.properties.get("from")
    known = author and directory.user(composing.address_of(author)[1])
    kind = _text("MailboxType", "Mailbox" if known else "OneOff")
    return found.replace("</t:Mailbox>", f"{kind}</t:Mailbox>")


def _headers(whole: Rendered) -> str:
    """Render the headers of what was received as the extended property that has them."""
    mime = whole.call.world.contents.mime(whole.item.content)
    if mime is None or whole.item.folder != "inbox" or whole.item.is_draft:
        return ""
    text = mime.partition(b"\r\n\r\n")[0].decode("utf-8", "replace") + "\r\n\r\n"
    return (
        '<t:ExtendedProperty><t:ExtendedFieldURI PropertyTag="0x7d" PropertyType="String"/>'
        f"{_text('Value', text)}</t:ExtendedProperty>"
    )


def _thread(name: str, key: str) -> Callable[[Rendered], str]:
    def render_thread(whole: Rendered) -> str:
        value = whole.properties.get(key)
        return _text(name, value) if value else ""

    return render_thread


def _switch(name: str, key: str) -> Callable[[Rendered], str]:
    return lambda whole: _flag(name, whole.properties.get(key))


def _conversation(whole: Rendered) -> tuple[str, str]:
    return conversation(whole.item.mailbox, whole.item.subject)


def _sent(name: str) -> Callable[[Rendered], str]:
    return lambda whole: _text(name, iso(whole.item.sent_at or whole.item.created_at))


FIELDS: dict[str, Callable[[Rendered], str]] = {
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
    "ResponseObjects": lambda _: (
        "<t:ResponseObjects><t:ReplyToItem/><t:ReplyAllToItem/><t:ForwardItem/></t:ResponseObjects>"
    ),
    "ReminderIsSet": lambda _: _flag("ReminderIsSet", value=False),
    "ReminderMinutesBeforeStart": lambda _: _text("ReminderMinutesBeforeStart", "0"),
    "DisplayCc": _names("DisplayCc", "ccRecipients"),
    "DisplayTo": _names("DisplayTo", "toRecipients"),
    "HasAttachments": lambda whole: _flag(
        "HasAttachments", drafts.attachments(whole.call.world, whole.item)
    ),
    "ExtendedProperty": _headers,
    "Culture": lambda _: _text("Culture", "en-US"),
    "EffectiveRights": lambda _: folders.RIGHTS.format("false"),
    "LastModifiedName": lambda whole: _text("LastModifiedName", whole.call.account.name),
    "LastModifiedTime": lambda whole: _text("LastModifiedTime", iso(whole.item.modified_at)),
    "IsAssociated": lambda _: _flag("IsAssociated", value=False),
    "WebClientReadFormQueryString": lambda whole: _text(
        "WebClientReadFormQueryString",
        f"{whole.call.world.http_url}/mailboxes/{quote(whole.item.mailbox)}/{whole.item.key}",
    ),
    "ConversationId": lambda whole: f'<t:ConversationId Id="{ews_form(_conversation(whole)[0])}"/>',
    "Sender": _person("Sender", "sender"),
    "ToRecipients": _people("ToRecipients", "toRecipients"),
    "CcRecipients": _people("CcRecipients", "ccRecipients"),
    "BccRecipients": _people("BccRecipients", "bccRecipients"),
    "IsReadReceiptRequested": _switch("IsReadReceiptRequested", "isReadReceiptRequested"),
    "IsDeliveryReceiptRequested": _switch(
        "IsDeliveryReceiptRequested", "isDeliveryReceiptRequested"
    ),
    "ConversationIndex": lambda whole: _text("ConversationIndex", _conversation(whole)[1]),
    "ConversationTopic": lambda whole: _text("ConversationTopic", whole.item.subject),
    "From": _author,
    "InternetMessageId": lambda whole: _text("InternetMessageId", whole.item.message_id),
    "IsRead": lambda whole: _flag("IsRead", whole.item.is_read),
    "References": _thread("References", "references"),
    "ReplyTo": _people("ReplyTo", "replyTo"),
}
