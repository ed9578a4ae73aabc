"""Answer /me/messages/{id}/attachments, for files below 3 MB."""

from typing import Any
from urllib.parse import quote

from starlette.responses import Response

from exchange_emulator.graph import answers, bodies, lookup, rendering, validation
from exchange_emulator.graph.access import Call, needs
from exchange_emulator.graph.messages import READ
from exchange_emulator.mail import drafts
from exchange_emulator.mime import reading


def _context(call: Call, what: str) -> dict[str, Any]:
    named = quote(call.request.path_params["id"])
    return {"@odata.context": rendering.context(call, f"messages('{named}')/attachments{what}")}


@needs(*READ)
async def list_attachments(call: Call) -> Response:
    item = lookup.item(call)
    listed = [
        rendering.attachment(call, item, each) for each in drafts.attachments(call.world, item)
    ]
    return answers.answer(_context(call, "") | {"value": listed})


@needs("Mail.ReadWrite")
async def add_attachment(call: Call) -> Response:
    item = lookup.draft(call)
    given = await bodies.read_json(call)
    validation.attachment(given)
    item, made = drafts.attach(call.world, item, bodies.attachment_of(given))
    body = rendering.attachment(call, item, made)
    return answers.answer(_context(call, "/$entity") | body, status=201)


@needs(*READ)
async def get_attachment(call: Call) -> Response:
    item = lookup.item(call)
    made = lookup.attachment(call, item)
    body = rendering.attachment(call, item, made)
    return answers.answer(_context(call, "/$entity") | body)


@needs(*READ)
async def get_content(call: Call) -> Response:
    """Answer GET …/attachments/{id}/$value."""
    made = lookup.attachment(call, lookup.item(call))
    kind = reading.safe_type(made.content_type)
    return Response(made.data, media_type=kind, headers=answers.VARY)


@needs("Mail.ReadWrite")
async def delete_attachment(call: Call) -> Response:
    item = lookup.draft(call)
    drafts.detach(call.world, item, lookup.attachment(call, item))
    return Response(status_code=204)
