"""A carried message as bodies and files, where it is too large for one request. Pure.

Exchange's upload session takes files one by one, so the message is composed anew.
"""

import io
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from notifications.i18n import gettext_noop as _
from notifications.i18n import storable
from notifications.message.checks import check_header
from notifications.message.encoded_words import decoded
from notifications.message.header_fields import is_structured
from notifications.message.message import File, MailMessage, RawContent
from notifications.message.mime_parts import clean_content_id

from .carry import SENT_FROM, former_from, is_answered_elsewhere, is_removed
from .header import Field, first
from .reader import Part, content, contents, read, text_of

# A text of more has no place in the one request that makes the draft.
LARGEST_TEXT = 1_000_000


class SealedMessage(Exception):  # noqa: N818 - reads as what it is
    """It is signed or encrypted: taken apart it would be broken."""


COMPOSED_ANEW = storable(_("Re-composed because of its size: its files were sent one by one."))


def take_apart(message: MailMessage) -> tuple[MailMessage, str]:
    """Return the message as one that is composed, and what the log says. It has the recipients,
    the subject and the sender of `message`. Raises SealedMessage."""
    raw = message.raw or RawContent(0, io.BytesIO)
    with raw.open() as stream:
        root = read(stream)
        if root.is_sealed:
            raise SealedMessage
        found = contents(root)
        text = text_of(stream, found.text, most=LARGEST_TEXT)
        html = text_of(stream, found.html, most=LARGEST_TEXT)
        files = tuple(_file(stream, raw, part, n) for n, part in enumerate(found.files, 1))
    former = former_from(root.fields, message.from_)
    notes = [COMPOSED_ANEW]
    reply_to = message.reply_to
    if former:
        notes.append(SENT_FROM % {"former": former, "sender": message.from_})
        if not is_answered_elsewhere(root.fields):
            reply_to = (former,)
    apart = replace(
        message,
        text=text,
        html=html,
        files=files,
        reply_to=reply_to,
        headers=tuple(_headers(root.fields)),
        raw=None,
    )
    return apart, "\n".join(notes)


def _headers(fields: list[Field]) -> Iterator[tuple[str, str]]:
    """Yield the fields that composing does not write itself."""
    for field in fields:
        value = field.value if is_structured(field.name) else decoded(field.value)
        if not is_removed(field) and not check_header(field.name, value):
            yield field.name, value


def _file(stream: BinaryIO, raw: RawContent, part: Part, number: int) -> File:
    size = sum(len(piece) for piece in content(stream, part))

    def opened() -> BinaryIO:
        """Decode the part into a file on the disk: uploads go back and forth in it."""
        copy = tempfile.TemporaryFile()  # noqa: SIM115 - whoever opens it closes it
        with raw.open() as source:
            for piece in content(source, part):
                copy.write(piece)
        copy.seek(0)
        return copy

    kind = first(part.fields, "Content-Type") or part.content_type
    return File(file_name(part, number), kind, size, opened, clean_content_id(part.content_id))


def file_name(part: Part, number: int) -> str:
    """Return the name of a part that is a file; one without a name gets a number."""
    if part.file_name:
        return part.file_name
    usual = {"text/calendar": "invite.ics", "message/rfc822": "message.eml"}
    return usual.get(part.content_type, f"attachment-{number}")
