"""Read the body of a request: its size, JSON or MIME."""

import base64
import binascii
from typing import Any

from exchange_emulator.graph import validation
from exchange_emulator.graph.access import Call, RefusedError
from exchange_emulator.graph.properties import READ_ONLY
from exchange_emulator.mail import errors
from exchange_emulator.mime import headers, reading
from exchange_emulator.mime.reading import Attachment

ATTACHMENT_SIZE = 3 * 1024 * 1024


async def read(call: Call) -> bytes:
    """Read the whole body, chunked or not; raise a 413 above Graph's 4 MB for one request."""
    parts, size = [], 0
    async for part in call.request.stream():
        size += len(part)
        if call.world.limits.over("request_size", size):
            raise RefusedError(
                "RequestEntityTooLarge", "The maximum request length supported is 4MB.", 413
            )
        parts.append(part)
    return b"".join(parts)


async def read_json(call: Call) -> dict[str, Any]:
    body = await read(call)
    kind = call.request.headers.get("content-type", "")
    if not kind:
        raise validation.refused(
            "Write requests (excluding DELETE) must contain the Content-Type header declaration.",
            code="BadRequest",
        )
    if not kind.lower().startswith("application/json"):
        raise RefusedError("UnsupportedMediaType", f"Content-Type '{kind}' is not supported.", 415)
    return validation.parse(body)


def is_mime(call: Call) -> bool:
    return call.request.headers.get("content-type", "").lower().startswith("text/plain")


def decode_mime(body: bytes) -> bytes:
    """Decode a message from base64, whatever its line breaks; its lines end in CRLF then."""
    try:
        decoded = base64.b64decode(b"".join(body.split()), validate=True)
    except binascii.Error as error:
        raise errors.invalid_base64() from error
    return headers.with_crlf(decoded)


def message_of(given: dict[str, Any]) -> tuple[dict[str, Any], list[Attachment]]:
    """Return (properties, attachments) of a JSON message that was validated."""
    properties = {name: value for name, value in given.items() if name not in READ_ONLY}
    attachments = [attachment_of(each) for each in given.get("attachments") or []]
    return normalised(properties), attachments


def normalised(properties: dict[str, Any]) -> dict[str, Any]:
    """Write enumerations in Graph's own spelling, and give each recipient a name."""
    found = dict(properties)
    if found.get("importance"):
        found["importance"] = found["importance"].lower()
    if found.get("body"):
        body = found["body"]
        kind = (body.get("contentType") or "text").lower()
        found["body"] = {"contentType": kind, "content": body.get("content") or ""}
    for name in ("toRecipients", "ccRecipients", "bccRecipients", "replyTo"):
        if name in found:
            found[name] = [_named(each) for each in found[name] or []]
    if found.get("from"):
        found["from"] = _named(found["from"])
    return found


def _named(recipient: dict[str, Any]) -> dict[str, Any]:
    given = recipient.get("emailAddress") or {}
    return reading.recipient((given.get("name") or "", given.get("address") or ""))


def attachment_of(given: dict[str, Any]) -> Attachment:
    data = base64.b64decode(given.get("contentBytes") or "")
    if len(data) > ATTACHMENT_SIZE:
        raise RefusedError(
            "RequestEntityTooLarge",
            "Attachments of 3 MB and more need an upload session.",
            413,
        )
    return Attachment(
        tag="",
        name=given.get("name") or "",
        content_type=given.get("contentType") or "application/octet-stream",
        data=data,
        content_id=given.get("contentId") or "",
        is_inline=bool(given.get("isInline")),
    )
