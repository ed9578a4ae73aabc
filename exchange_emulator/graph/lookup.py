"""Find the item or the folder that an id in an address names."""

from exchange_emulator.graph.access import Call
from exchange_emulator.graph.rendering import FOLDER_NAMES
from exchange_emulator.mail import drafts, errors
from exchange_emulator.mail.errors import MailError
from exchange_emulator.mail.ids import graph_form
from exchange_emulator.mime.reading import Attachment
from exchange_emulator.storage.mailboxes import NOWHERE, OUTBOX, TRANSIT, Item
from exchange_emulator.world import World


def item(call: Call) -> Item:
    """Return the item of the path's `id`; 400 if it never was an id, 404 if it is gone."""
    return named_item(call.world, call.mailbox.address, call.request.path_params["id"])


def draft(call: Call) -> Item:
    """Return the item of the path's `id`; refuse it if it can no longer change."""
    found = item(call)
    if not found.is_draft or found.folder == OUTBOX:
        raise MailError(
            "ErrorInvalidRequest", "The item is not a draft, its attachments cannot change."
        )
    return found


def named_item(world: World, mailbox: str, text: str) -> Item:
    text = graph_form(text)
    key = world.ids.key(text)
    if key is None:
        raise errors.malformed_id()
    found = world.mailboxes.find(key)
    if found is None or found.mailbox != mailbox or found.folder in (NOWHERE, TRANSIT):
        raise errors.item_not_found()
    present = (
        world.ids.item(mailbox, found.folder, key),
        world.ids.immutable(mailbox, key),
    )
    if text not in present:
        raise errors.item_not_found()
    return found


def folder_name(call: Call) -> str:
    """Return the name of the path's folder."""
    return folder_named(call, call.request.path_params["folder"])


def folder_named(call: Call, given: str) -> str:
    """Return the folder's name; well-known names are compared without case, ids with it."""
    if given.lower() in FOLDER_NAMES:
        return str(given.lower())
    own = call.world.mailboxes.own_folders(call.mailbox.address)
    for name in (*FOLDER_NAMES, *own):
        if call.world.ids.folder(call.mailbox.address, name) == graph_form(given):
            return name
    if call.world.ids.key(graph_form(given)) is None:
        raise errors.malformed_id()
    raise errors.item_not_found()


def attachment(call: Call, of: Item) -> Attachment:
    wanted = graph_form(call.request.path_params["attachment"])
    for each in drafts.attachments(call.world, of):
        if call.world.ids.attachment(of.mailbox, of.key, each.tag) == wanted:
            return each
    raise errors.item_not_found()
