"""Find the items and folders that the ids of a request name."""

from xml.etree.ElementTree import Element

from exchange_emulator.directory import User
from exchange_emulator.ews import elements
from exchange_emulator.ews.access import Call
from exchange_emulator.mail import errors, ids
from exchange_emulator.mail.errors import MailError
from exchange_emulator.mail.ids import FOLDERS, change_key, ews_form, graph_form
from exchange_emulator.storage.mailboxes import NOWHERE, TRANSIT, Item


def item(call: Call, element: Element) -> Item:
    """Return the item of an ItemId; an item that moved has another id by now."""
    text = graph_form(element.attrib["Id"])
    key = call.world.ids.key(text)
    if key is None:
        raise errors.malformed_id()
    found = call.world.mailboxes.find(key)
    if found is None or found.folder in (NOWHERE, TRANSIT) or not _may_open(call, found):
        raise _not_found()
    if call.world.ids.item(found.mailbox, found.folder, key) != text:
        raise _not_found()
    return found


def _may_open(call: Call, found: Item) -> bool:
    owner = call.world.directory.user(found.mailbox)
    return owner is not None and (
        owner is call.account or call.account.address in owner.full_access
    )


def _not_found() -> MailError:
    return MailError(
        "ErrorItemNotFound",
        "The specified object was not found in the store., The process failed to get the correct "
        "properties.",
        status=404,
    )


def current(call: Call, element: Element) -> Item:
    """Return the item of an ItemId whose change key is there and up to date."""
    found = item(call, element)
    if not element.attrib.get("ChangeKey"):
        raise MailError("ErrorChangeKeyRequired", "Change key is required for this operation.")
    if element.attrib["ChangeKey"] != _change_key(found):
        raise MailError(
            "ErrorStaleObject",
            "The send or update operation could not be performed because the change key passed in "
            "the request does not match the current change key for the item.",
        )
    return found


def check_unsent(found: Item) -> None:
    """Refuse what is no draft, such as an item of Sent Items or of an inbox."""
    if not found.is_draft:
        raise MailError("ErrorInvalidOperation", "The item is not a draft: it was sent before.")


def folder(call: Call, element: Element) -> tuple[User, str]:
    """Return (owner, folder name) of a FolderId or DistinguishedFolderId."""
    if elements.local(element) == "DistinguishedFolderId":
        other = elements.child(element, "Mailbox")
        owner = call.account
        if other is not None:
            owner = call.mailbox(elements.text(other, "EmailAddress") or "")
        name = element.attrib["Id"]
        if name not in FOLDERS:
            raise _no_folder()
        return owner, name
    wanted = graph_form(element.attrib["Id"])
    opened = [
        user
        for user in call.world.directory.users
        if user is call.account or call.account.address in user.full_access
    ]
    for owner in opened:
        for name in FOLDERS:
            if call.world.ids.folder(owner.address, name) == wanted:
                return owner, name
    if call.world.ids.key(wanted) is None:
        raise errors.malformed_id()
    raise _no_folder()


def _no_folder() -> MailError:
    return MailError("ErrorFolderNotFound", "The specified folder could not be found in the store.")


def item_id(call: Call, found: Item) -> str:
    """Return the t:ItemId element of an item."""
    named = call.world.ids.item(found.mailbox, found.folder, found.key)
    return f'<t:ItemId Id="{ews_form(named)}" ChangeKey="{_change_key(found)}"/>'


def folder_id(call: Call, owner: str, name: str, *, element: str = "FolderId") -> str:
    named = ids.ews_form(call.world.ids.folder(owner, name))
    return f'<t:{element} Id="{named}" ChangeKey="AQAAAA=="/>'


def _change_key(found: Item) -> str:
    return change_key(found.mailbox, found.key, found.change)
