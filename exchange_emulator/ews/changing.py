"""Carry out DeleteItem, MoveItem and UpdateItem."""

from typing import Any
from xml.etree.ElementTree import Element

from exchange_emulator.ews import elements, lookup, messages, responses
from exchange_emulator.ews.access import Call
from exchange_emulator.mail import drafts, errors, submission
from exchange_emulator.storage.mailboxes import OUTBOX, Item

_PROPERTY_OF_FIELD = {
    "item:Subject": "subject",
    "item:Body": "body",
    "item:Importance": "importance",
    "item:Categories": "categories",
    "message:ToRecipients": "toRecipients",
    "message:CcRecipients": "ccRecipients",
    "message:BccRecipients": "bccRecipients",
    "message:ReplyTo": "replyTo",
    "message:From": "from",
}


def delete_item(call: Call, operation: Element) -> str:
    is_move = operation.attrib["DeleteType"] == "MoveToDeletedItems"

    def delete(element: Element) -> str:
        item = lookup.item(call, element)
        if is_move:
            # A message taken out of the Outbox counts as sent, and no delivery brings it back.
            call.world.mailboxes.touch(
                item, now=call.now, folder="deleteditems", due_at=None,
                is_draft=item.is_draft and item.folder != OUTBOX,
            )  # fmt: skip
        else:
            call.world.mailboxes.delete(item)
        return ""

    return responses.each("DeleteItem", elements.children(operation, "ItemIds"), delete)


def move_item(call: Call, operation: Element) -> str:
    target = elements.children(operation, "ToFolderId")[0]

    def move(element: Element) -> str:
        owner, folder = lookup.folder(call, target)
        item = lookup.item(call, element)
        if item.folder == OUTBOX:
            raise errors.submitted()
        moved = call.world.mailboxes.touch(item, now=call.now, folder=folder, mailbox=owner.address)
        return f"<m:Items><t:Message>{lookup.item_id(call, moved)}</t:Message></m:Items>"

    asked = elements.children(operation, "ItemIds")
    return responses.each("MoveItem", asked, move)


def update_item(call: Call, operation: Element) -> str:
    disposition = operation.attrib.get("MessageDisposition", "SaveOnly")

    def update(change: Element) -> str:
        item = lookup.item(call, change[0])
        if disposition != "SaveOnly":
            lookup.check_unsent(item)
        updated = _update(call, item, elements.children(change, "Updates"))
        if disposition != "SaveOnly":
            submission.send(
                call.world, call.account, updated, api="ews-updateitem",
                save_copy=disposition == "SendAndSaveCopy", may_send_for_others=True,
            )  # fmt: skip
            return "<m:Items/><m:ConflictResults><t:Count>0</t:Count></m:ConflictResults>"
        return (
            f"<m:Items><t:Message>{lookup.item_id(call, updated)}</t:Message></m:Items>"
            "<m:ConflictResults><t:Count>0</t:Count></m:ConflictResults>"
        )

    asked = elements.children(operation, "ItemChanges")
    return responses.each("UpdateItem", asked, update)


def _update(call: Call, item: Item, updates: list[Element]) -> Item:
    changes: dict[str, Any] = {}
    for update in updates:
        if elements.local(update) == "SetItemField":
            message = elements.child(update, "Message")
            changes |= {} if message is None else messages.properties(message)
            continue
        named = _PROPERTY_OF_FIELD.get(update[0].attrib.get("FieldURI", ""))
        if named:
            changes[named] = None
    return drafts.change(call.world, item, changes)
