"""Carry out CreateItem and SendItem."""

from dataclasses import dataclass
from xml.etree.ElementTree import Element

from exchange_emulator.ews import attachment_element, elements, lookup, messages, responses
from exchange_emulator.ews.access import Call
from exchange_emulator.mail import drafts, errors, submission
from exchange_emulator.mail.errors import MailError
from exchange_emulator.mime import reading
from exchange_emulator.storage.mailboxes import OUTBOX, Item


@dataclass(frozen=True)
class Request:
    disposition: str
    folder: str
    owner: str


def create_item(call: Call, operation: Element) -> str:
    """Save a message, send it, or both ("CreateItem operation (email message)")."""
    disposition = operation.attrib.get("MessageDisposition", "")

    def create(message: Element) -> str:
        if not disposition:
            raise MailError(
                "ErrorMessageDispositionRequired",
                "Message disposition is required for email messages.",
            )
        default = "drafts" if disposition == "SaveOnly" else "sentitems"
        request = Request(disposition, *_target(call, operation, default))
        return _create(call, message, request)

    items = elements.children(operation, "Items")
    return responses.each("CreateItem", items, create)


def _target(call: Call, operation: Element, default: str) -> tuple[str, str]:
    """Return (folder, owner's address) of SavedItemFolderId."""
    named = elements.children(operation, "SavedItemFolderId")
    if not named:
        return default, call.account.address
    owner, folder = lookup.folder(call, named[0])
    return folder, owner.address


def _create(call: Call, message: Element, request: Request) -> str:
    save_only = request.disposition == "SaveOnly"
    owner = call.world.directory.user(request.owner) or call.account
    item = _save(call, message, owner.address, request.folder if save_only else "transit")
    if save_only:
        named = lookup.item_id(call, item) + _attachment_ids(call, item)
        return f"<m:Items><t:Message>{named}</t:Message></m:Items>"
    try:
        _send(call, item, api="ews-createitem",
              save_copy=request.disposition == "SendAndSaveCopy")  # fmt: skip
    except MailError:
        call.world.mailboxes.delete(item)
        raise
    # A sent message has no id to give: it is in transport's hands.
    return "<m:Items/>"


def _attachment_ids(call: Call, item: Item) -> str:
    made = call.world.contents.attachments(item.content)
    listed = "".join(
        f"<t:FileAttachment>{attachment_element.attachment_id(call, item, each)}</t:FileAttachment>"
        for each in made
    )
    return f"<t:Attachments>{listed}</t:Attachments>" if listed else ""


def _save(call: Call, message: Element, owner: str, folder: str) -> Item:
    mailbox = call.mailbox(owner)
    given, mime = messages.properties(message), messages.mime(message)
    attachments = [messages.attachment(each) for each in elements.children(message, "Attachments")]
    if mime is None:
        return drafts.create(call.world, mailbox, given, attachments=attachments, folder=folder)
    properties = reading.properties(mime)
    item = drafts.create(
        call.world, mailbox, properties, mime=mime, attachments=attachments, folder=folder
    )
    # Elements beside the MIME win over its headers.
    return drafts.change(call.world, item, given) if given else item


def _send(call: Call, item: Item, *, api: str, save_copy: bool) -> None:
    submission.send(
        call.world, call.account, item, api=api, save_copy=save_copy, may_send_for_others=True,
        # CreateItem's SavedItemFolderId says where the copy goes, not who writes.
        as_owner=api != "ews-createitem",
    )  # fmt: skip


def send_item(call: Call, operation: Element) -> str:
    save_copy = elements.is_true(operation.attrib["SaveItemToFolder"])
    if not save_copy and elements.child(operation, "SavedItemFolderId") is not None:
        error = MailError(
            "ErrorInvalidSendItemSaveSettings",
            "The SavedItemFolderId is not allowed when SaveItemToFolder is false.",
        )
        return responses.each("SendItem", [error], _raise)

    def send(element: Element) -> str:
        item = lookup.current(call, element)
        lookup.check_unsent(item)
        if item.folder == OUTBOX:
            # The message was submitted and waits for its turn: it goes once.
            return ""
        call.world.faults.check_mailbox(call.account.address)
        try:
            _send(call, item, api="ews-senditem", save_copy=save_copy)
        except MailError as error:
            if error.text == errors.no_recipients().text:
                raise MailError(
                    "ErrorMissingRecipients", "The message has no recipients."
                ) from error
            raise
        return ""

    return responses.each("SendItem", elements.children(operation, "ItemIds"), send)


def _raise(error: MailError) -> str:
    raise error
