"""Answer POST mailFolders and POST messages/{id}/move."""

from starlette.responses import Response

from exchange_emulator.graph import answers, bodies, lookup, queries, rendering
from exchange_emulator.graph.access import Call, needs


@needs("Mail.ReadWrite")
async def create_folder(call: Call) -> Response:
    """Make a folder beside the Inbox ("Create MailFolder")."""
    given = await bodies.read_json(call)
    name = given.get("displayName")
    if not isinstance(name, str) or not name.strip():
        raise queries.invalid("The property 'displayName' is required.")
    made = call.world.mailboxes.add_folder(call.mailbox.address, name)
    body = {"@odata.context": rendering.context(call, "mailFolders/$entity")}
    return answers.answer(body | rendering.folder(call, made), status=201)


@needs("Mail.ReadWrite")
async def move(call: Call) -> Response:
    """Move a message ("message: move"); its id changes unless it is immutable."""
    item = lookup.item(call)
    given = await bodies.read_json(call)
    target = given.get("destinationId")
    if not isinstance(target, str):
        raise queries.invalid("The property 'destinationId' is required.")
    folder = lookup.folder_named(call, target)
    moved = call.world.mailboxes.touch(item, now=call.world.clock.now(), folder=folder)
    body = {"@odata.context": rendering.context(call, "messages/$entity")}
    return answers.answer(body | rendering.message(call, moved), status=201)
