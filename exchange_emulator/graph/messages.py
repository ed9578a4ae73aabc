"""Answer /me/messages and the folders' messages: list, create, read, change, delete, send."""

from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from exchange_emulator.graph import (
    answers,
    bodies,
    expansion,
    lookup,
    queries,
    rendering,
    validation,
)
from exchange_emulator.graph.access import Call, RefusedError, needs
from exchange_emulator.graph.properties import CHANGEABLE_AFTER_SENDING, READ_ONLY, SEND_MAIL
from exchange_emulator.mail import drafts, errors, submission
from exchange_emulator.mime import reading
from exchange_emulator.storage.mailboxes import OUTBOX, Item

READ = ("Mail.Read", "Mail.ReadWrite")
READ_BASIC = (*READ, "Mail.ReadBasic")


@needs(*READ_BASIC)
async def list_messages(call: Call) -> Response:
    """Answer GET /me/messages and /me/mailFolders/{folder}/messages."""
    named = "folder" in call.request.path_params
    folder = lookup.folder_name(call) if named else None
    query, wanted = queries.read(call, folder=folder), expansion.read(call)
    boxes, address = call.world.mailboxes, call.mailbox.address
    found = boxes.search(
        address, where=query.where, values=query.values, order=query.order, limit=query.top + 1,
        offset=query.skip,
    )  # fmt: skip
    what = rendering.in_folder(call, f"messages{expansion.chosen(query.select, wanted)}")
    body: dict[str, Any] = {"@odata.context": rendering.context(call, what)}
    if query.wants_count:
        count = boxes.count(address, where=query.where, values=query.values)
        body["@odata.count"] = count
    page = found[: query.top]
    listed = {
        "value": [
            rendering.selected(call, item, query.select) | expansion.of(call, item, wanted)
            for item in page
        ]
    }
    more = {"@odata.nextLink": _next(call, query)} if len(found) > query.top else {}
    return answers.answer({**body, **more, **listed})


def _next(call: Call, query: queries.Query) -> str:
    options = dict(call.request.query_params) | {"$skip": str(query.skip + query.top)}
    return f"{call.world.https_url}{call.request.url.path}?{urlencode(options)}"


@needs("Mail.ReadWrite")
async def create_message(call: Call) -> Response:
    """Answer POST /me/messages: a draft from JSON, or from MIME in base64 as text/plain."""
    folder = "drafts"
    if "folder" in call.request.path_params:
        folder = lookup.folder_name(call)
    item = await draft_of(call, folder=folder)
    what = rendering.in_folder(call, "messages/$entity")
    body = {"@odata.context": rendering.context(call, what)}
    named = rendering.item_id(call, item)
    location = f"{call.world.https_url}/v1.0/{rendering.owner(call)}/messages('{named}')"
    return answers.answer(body | rendering.message(call, item), status=201, location=location)


async def draft_of(call: Call, *, folder: str = "drafts") -> Item:
    if bodies.is_mime(call):
        mime = bodies.decode_mime(await bodies.read(call))
        return drafts.create(
            call.world, call.mailbox, reading.properties(mime), mime=mime, folder=folder
        )
    given = await bodies.read_json(call)
    validation.message(given)
    properties, attachments = bodies.message_of(given)
    return drafts.create(
        call.world, call.mailbox, properties, attachments=attachments, folder=folder
    )


@needs(*READ_BASIC)
async def get_message(call: Call) -> Response:
    queries.check_options(call)
    item = lookup.item(call)
    names = queries.selection(call.request.query_params.get("$select", ""))
    wanted = expansion.read(call)
    context = rendering.context(call, f"messages{expansion.chosen(names, wanted)}/$entity")
    body: dict[str, Any] = {"@odata.context": context}
    body |= rendering.selected(call, item, names) | expansion.of(call, item, wanted)
    return answers.answer(body)


@needs(*READ)
async def get_mime(call: Call) -> Response:
    """Answer GET /me/messages/{id}/$value."""
    item = lookup.item(call)
    given = {"Content-Type": "text/plain", **answers.VARY}
    return Response(drafts.render(call.world, item), headers=given)


@needs("Mail.ReadWrite")
async def patch_message(call: Call) -> Response:
    item = lookup.item(call)
    given = await bodies.read_json(call)
    validation.message(given)
    if not item.is_draft and not CHANGEABLE_AFTER_SENDING.issuperset(set(given) - READ_ONLY):
        raise RefusedError(
            "ErrorInvalidPropertySet", "Update operation is invalid for a message that was sent.",
            400,
        )  # fmt: skip
    changes = {name: value for name, value in given.items() if name not in READ_ONLY}
    item = drafts.change(call.world, item, bodies.normalised(changes))
    body = {"@odata.context": rendering.context(call, "messages/$entity")}
    return answers.answer(body | rendering.message(call, item))


@needs("Mail.ReadWrite")
async def delete_message(call: Call) -> Response:
    call.world.mailboxes.delete(lookup.item(call))
    return Response(status_code=204)


@needs("Mail.Send")
async def send_message(call: Call) -> Response:
    """Answer POST /me/messages/{id}/send: no body, but its length has to be stated."""
    if not {"content-length", "transfer-encoding"} & set(call.request.headers):
        raise RefusedError("LengthRequired", "A Content-Length header is required.", 411)
    item = lookup.item(call)
    if item.folder == OUTBOX:
        # The message was submitted and waits for its turn: it goes once.
        return answers.accepted()
    call.world.faults.check_mailbox(call.mailbox.address)
    submission.send(
        call.world, call.account, item, api="graph-send",
        may_send_for_others="Mail.Send.Shared" in call.scopes,
    )  # fmt: skip
    return answers.accepted()


@needs("Mail.Send")
async def send_mail(call: Call) -> Response:
    """Answer POST /me/sendMail: JSON with `message` and `saveToSentItems`, or MIME alone."""
    save_copy = True
    if bodies.is_mime(call):
        item = await draft_of(call, folder="transit")
    else:
        given = _first_lower(await bodies.read_json(call))
        validation.object_of(given, SEND_MAIL, named="sendMail")
        if not isinstance(given.get("message"), dict):
            raise queries.invalid("The parameter 'message' is required.")
        validation.message(given["message"])
        save_copy = given.get("saveToSentItems") not in (False, "false")
        properties, attachments = bodies.message_of(given["message"])
        item = drafts.create(
            call.world, call.mailbox, properties, attachments=attachments, folder="transit"
        )
    try:
        submission.send(
            call.world, call.account, item, api="graph-sendmail", save_copy=save_copy,
            may_send_for_others="Mail.Send.Shared" in call.scopes,
        )  # fmt: skip
    except errors.MailError:
        call.world.mailboxes.delete(item)
        raise
    return answers.accepted()


def _first_lower(given: dict[str, Any]) -> dict[str, Any]:
    """Rename the metadata's Message and SaveToSentItems; clients send either spelling."""
    known = {"Message": "message", "SaveToSentItems": "saveToSentItems"}
    return {known.get(name, name): value for name, value in given.items()}
