"""Render an attachment as a t:FileAttachment."""

import base64

from exchange_emulator.clock import iso
from exchange_emulator.ews.access import Call
from exchange_emulator.ews.text import escape
from exchange_emulator.mail.ids import ews_form
from exchange_emulator.mime.reading import Attachment
from exchange_emulator.storage.mailboxes import Item


def id_text(call: Call, item: Item, made: Attachment) -> str:
    return ews_form(call.world.ids.attachment(item.mailbox, item.key, made.tag))


def attachment_id(call: Call, item: Item, made: Attachment) -> str:
    return f'<t:AttachmentId Id="{id_text(call, item, made)}"/>'


def described(call: Call, item: Item, made: Attachment) -> str:
    """Render what an item says of its attachment."""
    is_inline = "true" if made.is_inline else "false"
    return (
        f"<t:FileAttachment>{_beginning(call, item, made)}<t:Size>{len(made.data)}</t:Size>"
        f"<t:LastModifiedTime>{iso(item.modified_at)}</t:LastModifiedTime>"
        f"<t:IsInline>{is_inline}</t:IsInline><t:IsContactPhoto>false</t:IsContactPhoto>"
        "</t:FileAttachment>"
    )


def whole(call: Call, item: Item, made: Attachment) -> str:
    """Render what GetAttachment answers: no size, no time, but the content."""
    content = base64.b64encode(made.data).decode()
    return (
        f"<t:FileAttachment>{_beginning(call, item, made)}<t:Content>{content}</t:Content>"
        "</t:FileAttachment>"
    )


def _beginning(call: Call, item: Item, made: Attachment) -> str:
    named = f"<t:ContentId>{escape(made.content_id)}</t:ContentId>" if made.content_id else ""
    return (
        f"{attachment_id(call, item, made)}<t:Name>{escape(made.name)}</t:Name>"
        f"<t:ContentType>{escape(made.content_type)}</t:ContentType>{named}"
    )
