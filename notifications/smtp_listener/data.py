"""DATA: the message goes to the disk as it comes, then into the queue; only then is 250 said."""

import asyncio
import logging
from typing import TYPE_CHECKING

from django.utils import timezone

from notifications.attachments.incoming import Incoming
from notifications.errors import Contained

from . import answers
from .accept import Accepted, accept
from .answers import Refused
from .body import Body
from .letter import Letter
from .receipts import Envelope

if TYPE_CHECKING:
    from .line import Line

logger = logging.getLogger(__name__)

_PIECE = 64 * 1024


async def receive(connection: "Line", envelope: Envelope) -> None:
    """Take the message and answer. Raises Refused."""
    office = connection.office
    try:
        incoming = await office.run(Incoming)
    except OSError as error:
        raise Refused(answers.UNAVAILABLE, "disk") from error
    letter = Letter(
        incoming,
        most=office.house.largest,
        host=office.name,
        way=connection.way(),
        mail_from=envelope.mail_from,
        now=timezone.localtime(),
    )
    try:
        await connection.say(answers.GO_ON)
        is_on_disk = await _take(connection, letter)
        connection.transcript.client_sent(letter.came)
        if not is_on_disk:
            raise Refused(answers.UNAVAILABLE, "disk")
        if letter.is_too_large:
            raise Refused(answers.TOO_LARGE)
        accepted = await office.run(_accepted, envelope, letter)
    finally:
        await asyncio.shield(office.run(incoming.discard))
    connection.receipt = accepted.receipt
    connection.transcript.queued += 1
    await connection.say(accepted.answer)


async def _take(connection: "Line", letter: Letter) -> bool:
    """Read up to the end, whatever is wrong with it: the client hears only then. Say whether the
    disk took it."""
    reader, body = connection._reader, Body()
    is_on_disk = True
    while not body.is_over:
        piece = await reader.read(_PIECE)
        if not piece:
            raise ConnectionResetError
        connection._reset_timeout()
        whole = body.feed(piece)
        if is_on_disk and whole:
            is_on_disk = _written(letter, whole)
    if is_on_disk:
        is_on_disk = _written(letter, b"", is_end=True)
    if body.rest:
        # Commands that came in the same piece (PIPELINING).
        reader._buffer[:0] = body.rest  # type: ignore[attr-defined]
    return is_on_disk


def _written(letter: Letter, data: bytes, *, is_end: bool = False) -> bool:
    try:
        if is_end:
            letter.end()
        else:
            letter.write(data)
    except OSError as error:
        logger.error("the disk does not take a message: %s", error.strerror)  # noqa: TRY400
        return False
    return True


def _accepted(envelope: Envelope, letter: Letter) -> Accepted:
    """A database or a disk that fails is answered as such; nothing was queued then."""
    with Contained(logger, "accepting a message", passing=Refused) as contained:
        return accept(envelope, letter)
    raise Refused(answers.UNAVAILABLE, type(contained.error).__name__)
