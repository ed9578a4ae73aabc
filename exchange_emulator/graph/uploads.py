"""Upload attachments of 3 to 150 MB in sessions ("Attach large files to Outlook messages").

The session's own address is Outlook's and needs no Authorization: its
`authtoken` is the credential. Outlook has no rule on multiples of 320 KiB.
"""

import re
import secrets
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from exchange_emulator.clock import iso
from exchange_emulator.graph import answers, bodies, lookup, validation
from exchange_emulator.graph.access import Call, RefusedError, guarded, needs
from exchange_emulator.graph.known_errors import GRAPH_ERRORS
from exchange_emulator.graph.properties import UPLOAD_SESSION
from exchange_emulator.mail import drafts, errors
from exchange_emulator.mime.reading import Attachment
from exchange_emulator.storage.mailboxes import Item
from exchange_emulator.storage.uploads import Upload
from exchange_emulator.world import World

SMALLEST = 3_000_000
LARGEST = 150 * 1024 * 1024
LARGEST_RANGE = 4 * 1024 * 1024
_RANGE = re.compile(r"bytes (\d{1,12})-(\d{1,12})/(\d{1,12})\Z", re.ASCII)


@dataclass(frozen=True)
class Range:
    """Hold a range of bytes; `last` is inclusive, as in RFC 9110 section 14.4."""

    first: int
    last: int


@needs("Mail.ReadWrite")
async def create_session(call: Call) -> Response:
    item = lookup.draft(call)
    if call.mailbox is not call.account:
        # Graph has a known issue: delegated sessions work in one's own mailbox only.
        raise errors.access_denied()
    given = await bodies.read_json(call)
    given = {"AttachmentItem" if key == "attachmentItem" else key: given[key] for key in given}
    validation.object_of(given, UPLOAD_SESSION, named="createUploadSession")
    description = given.get("AttachmentItem") or {}
    _check_description(description)
    upload = call.world.uploads.begin(
        secrets.token_hex(32), item=item.key, description=description, now=call.world.clock.now()
    )
    body = {
        "@odata.context": f"{call.world.https_url}/v1.0/$metadata#microsoft.graph.uploadSession",
        "uploadUrl": f"{_address(call.world, item, call.mailbox.object_id)}"
        f"/AttachmentSessions('emulator')?authtoken={upload.token}",
        "expirationDateTime": iso(upload.expires_at),
        "nextExpectedRanges": ["0-"],
    }
    return answers.answer(body, status=201)


def _check_description(description: dict[str, object]) -> None:
    size = description.get("size")
    if str(description.get("attachmentType", "file")).lower() != "file":
        raise validation.refused("Only file attachments can be uploaded in a session.")
    if not description.get("name") or not isinstance(size, int):
        raise validation.refused("The properties 'name' and 'size' are required.")
    if size < SMALLEST:
        raise RefusedError(
            "ErrorAttachmentSizeShouldNotBeLessThanMinimumSize",
            "The size of the attachment must not be less than 3 MB.",
            400,
        )
    if size > LARGEST:
        raise RefusedError(
            "ErrorAttachmentSizeLimitExceeded", "The attachment is larger than 150 MB.", 413
        )


def _address(world: World, item: Item, owner: str) -> str:
    named = world.ids.immutable(item.mailbox, item.key)
    return f"{world.https_url}/api/v2.0/Users('{owner}')/Messages('{named}')"


async def session(request: Request) -> Response:
    return await guarded(request, _session)


async def _session(request: Request) -> Response:
    world: World = request.app.state.world
    if "authorization" in request.headers:
        # Outlook takes the token for one of its own; the address carries the credential.
        status, text = GRAPH_ERRORS["InvalidAudience"]
        raise RefusedError("InvalidAudience", text, status)
    upload = world.uploads.find(request.query_params.get("authtoken", ""))
    if upload is None or upload.expires_at <= world.clock.now():
        raise errors.item_not_found()
    if request.method == "DELETE":
        world.uploads.end(upload.token)
        return Response(status_code=204)
    if request.method == "PUT":
        return await _receive(request, world, upload)
    return _progress(world, upload, upload.received)


async def _receive(request: Request, world: World, upload: Upload) -> Response:
    wanted = _range(request, upload)
    if not world.uploads.hold(upload.token):
        raise _range_refused("Another range is on its way.", status=409)
    try:
        received = await _write(request, world, upload, wanted)
    finally:
        world.uploads.release(upload.token)
    if world.uploads.find(upload.token) is None:
        raise errors.item_not_found()
    world.uploads.advance(upload, received)
    if received < upload.size:
        return _progress(world, upload, received)
    return _finish(world, upload, request.path_params["owner"])


async def _write(request: Request, world: World, upload: Upload, wanted: Range) -> int:
    """Write the range, and return how many bytes of the file have arrived by now."""
    received = upload.received
    with world.uploads.path(upload.token).open("r+b") as file:
        file.seek(wanted.first)
        async for part in request.stream():
            received += len(part)
            if received > wanted.last + 1:
                break
            file.write(part)
    if received != wanted.last + 1:
        raise _range_refused("The body is not as long as its Content-Range.", status=400)
    return received


def _range(request: Request, upload: Upload) -> Range:
    found = _RANGE.match(request.headers.get("content-range", ""))
    if found is None:
        raise _range_refused("A Content-Range header is required.", status=400)
    first, last, total = map(int, found.groups())
    if total != upload.size or last >= total or last < first:
        raise _range_refused("The Content-Range does not fit the size of the session.")
    if last - first + 1 > LARGEST_RANGE:
        raise _range_refused("A range may have at most 4 MB.", status=413)
    if first != upload.received:
        raise _range_refused("Ranges have to be uploaded in order.")
    return Range(first, last)


def _range_refused(text: str, *, status: int = 416) -> RefusedError:
    return RefusedError("ErrorInvalidRange", text, status)


def _progress(world: World, upload: Upload, received: int) -> Response:
    """Say what is expected next, as Outlook does: ExpirationDateTime, a range without dash."""
    context = f"{world.https_url}/api/v2.0/$metadata#Users('me')/Messages('x')/AttachmentSessions"
    return answers.answer(
        {
            "@odata.context": f"{context}/$entity",
            "ExpirationDateTime": iso(upload.expires_at),
            "nextExpectedRanges": [str(received)],
        }
    )


def _finish(world: World, upload: Upload, owner: str) -> Response:
    item = world.mailboxes.find(upload.item)
    data = world.uploads.path(upload.token).read_bytes()
    world.uploads.end(upload.token)
    if item is None or not item.is_draft:
        raise errors.item_not_found()
    given = upload.description
    item, made = drafts.attach(
        world,
        item,
        Attachment(
            tag="",
            name=given["name"],
            content_type=given.get("contentType") or "application/octet-stream",
            data=data,
            content_id=given.get("contentId") or "",
            is_inline=bool(given.get("isInline")),
        ),
    )
    named = world.ids.attachment(item.mailbox, item.key, made.tag)
    location = f"{_address(world, item, owner)}/Attachments('{named}')"
    return Response(status_code=201, headers={"Location": location, "Content-Length": "0"})
