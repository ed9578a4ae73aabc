"""Carry out CreateAttachment, GetAttachment and DeleteAttachment."""

from xml.etree.ElementTree import Element

from exchange_emulator.ews import attachment_element, elements, lookup, messages, responses
from exchange_emulator.ews.access import Call
from exchange_emulator.mail import drafts, errors
from exchange_emulator.mail.errors import MailError
from exchange_emulator.mail.ids import graph_form
from exchange_emulator.mime.reading import Attachment
from exchange_emulator.storage.mailboxes import Item

# An attachment's id ends with its tag, which is nine bytes in base64.
_TAG_LENGTH = 12


def create_attachment(call: Call, operation: Element) -> str:
    parent = elements.child(operation, "ParentItemId")

    def create(element: Element) -> str:
        if parent is None:
            raise errors.malformed_id()
        item = lookup.item(call, parent)
        given = messages.attachment(element)
        item, made = drafts.attach(call.world, item, given)
        return f"<m:Attachments>{_created(call, item, made)}</m:Attachments>"

    asked = elements.children(operation, "Attachments")
    return responses.each("CreateAttachment", asked, create)


def _created(call: Call, item: Item, made: Attachment) -> str:
    named = attachment_element.id_text(call, item, made)
    return (
        f'<t:FileAttachment><t:AttachmentId Id="{named}" {_root(call, item)}/></t:FileAttachment>'
    )


def _root(call: Call, item: Item) -> str:
    """Return the parent's id and new change key; whoever sends it next needs them."""
    named = lookup.item_id(call, item)
    return (
        named.removeprefix("<t:ItemId ")
        .removesuffix("/>")
        .replace("Id=", "RootItemId=", 1)
        .replace("ChangeKey=", "RootItemChangeKey=", 1)
    )


def get_attachment(call: Call, operation: Element) -> str:
    def get(element: Element) -> str:
        item, made = _find(call, element)
        rendered = attachment_element.whole(call, item, made)
        return f"<m:Attachments>{rendered}</m:Attachments>"

    asked = elements.children(operation, "AttachmentIds")
    return responses.each("GetAttachment", asked, get)


def delete_attachment(call: Call, operation: Element) -> str:
    def delete(element: Element) -> str:
        item, made = _find(call, element)
        drafts.detach(call.world, item, made)
        item = call.world.mailboxes.get(item.key)
        return f"<m:RootItemId {_root(call, item)}/>"

    asked = elements.children(operation, "AttachmentIds")
    return responses.each("DeleteAttachment", asked, delete)


def _find(call: Call, element: Element) -> tuple[Item, Attachment]:
    wanted = element.attrib["Id"]
    key = call.world.ids.key(graph_form(wanted)[:-_TAG_LENGTH])
    item = None if key is None else call.world.mailboxes.find(key)
    if item is not None and item.mailbox == call.account.address:
        for made in drafts.attachments(call.world, item):
            if attachment_element.id_text(call, item, made) == wanted:
                return item, made
    raise MailError("ErrorInvalidAttachmentId", "The attachment could not be found.")
