"""What is said in a connection: each answer is noted, and what is refused is told to the log.

A client hears the answers of `answers.py`, whatever aiosmtpd would say.
"""

import asyncio
import logging
from typing import Any, cast

from aiosmtpd.smtp import SMTP, Session

from . import answers
from .answers import Answer, Refused
from .notes import Refusal
from .office import Office
from .transcript import Transcript

logger = logging.getLogger(__name__)


class Talk(SMTP):
    """Whoever derives from it says in `refusal` whom and what an answer concerns."""

    office: Office
    transcript: Transcript

    @property
    def _talk(self) -> Session:
        """What aiosmtpd knows of the client; it is there as soon as there is a connection."""
        return cast(Session, self.session)

    def refusal(self, refused: Refused) -> Refusal:
        raise NotImplementedError

    async def say(self, answer: Answer) -> None:
        await self.push(str(answer))

    async def push(self, status: Any) -> None:
        text = status.decode() if isinstance(status, bytes) else str(status)
        if text.startswith("500 "):
            # aiosmtpd repeats the line, which may be a password at the wrong place.
            text = status = str(answers.BAD_SYNTAX)
        self.transcript.server_said("334" if text.startswith("334 ") else text)
        await super().push(status)

    async def refuse(self, refused: Refused) -> None:
        """Answer, and tell the log."""
        self.office.notes.refusal(self.refusal(refused))
        await self.say(refused.answer)

    async def handle_exception(self, error: Exception) -> str:
        """A fault of ours is no business of the client, and its text may hold a whole row."""
        if not isinstance(error, asyncio.IncompleteReadError):  # the client is gone
            logger.error("%s in a session", type(error).__name__)
        return str(answers.UNAVAILABLE)

    def hang_up(self) -> None:
        if self.transport is not None:
            self.transport.close()

    def make_room(self) -> None:
        self._say_now(answers.TOO_MANY_CONNECTIONS)

    def shut_down(self) -> None:
        self._say_now(answers.SHUTTING_DOWN)

    def _timeout_cb(self) -> None:
        self._say_now(answers.TOO_SLOW)

    def _say_now(self, answer: Answer) -> None:
        """Say the last word, without waiting for the client to read it."""
        if self.transport is not None:
            self.transcript.server_said(str(answer))
            self._writer.write(f"{answer}\r\n".encode())
            self.transport.close()
