"""A connection as aiosmtpd knows it, with what all commands have in common: it remembers who is
there, notes what is said and tells the log what is refused.

aiosmtpd reads the lines, calls a method for each command and upgrades to TLS. The commands are in
`authentication.py` and `protocol.py`.
"""

import asyncio
import logging
from typing import Any, cast

from aiosmtpd.smtp import SMTP, Session
from django.utils import timezone

from notifications.message.addresses import Address
from notifications.models import SmtpClient

from . import answers, peers
from .answers import Answer, Refused
from .notes import Refusal
from .office import Office
from .transcript import Transcript

logger = logging.getLogger(__name__)
# It would write addresses, and with its traces more than that.
logging.getLogger("mail.log").setLevel(logging.CRITICAL + 1)

SILENCE = 300  # seconds
_PROXY_WAIT = 5
_LONGEST_LINE = 64 * 1024


class Line(SMTP):
    """`client` is who hands in mail here, once that is known."""

    line_length_limit = _LONGEST_LINE
    command_size_limit = 2048

    def __init__(self, office: Office, *, is_tls: bool, loop: asyncio.AbstractEventLoop) -> None:
        self.office = office
        self.is_tls = is_tls
        self.client: SmtpClient | None = None
        self.address: peers.Address | None = None
        self.is_proxied = False
        self.mail_from: str | None = None
        self.recipients: dict[str, Address] = {}
        self.receipt: int | None = None
        self.is_busy = self._is_over = False
        self._named: SmtpClient | None = None
        super().__init__(
            _Handler(),
            enable_SMTPUTF8=True,
            hostname=office.name,
            ident="Mail Connector",
            tls_context=None if is_tls else office.tls,
            timeout=SILENCE,
            auth_require_tls=False,
            loop=loop,
        )
        self._smtp_methods = {
            name: self._one(name, method) for name, method in self._smtp_methods.items()
        }
        self.transcript = Transcript(at=timezone.now(), peer="")

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        is_upgrade = self._original_transport is not None
        if is_upgrade:
            # What was said before encryption counts for nothing (RFC 3207 4.2).
            self.client = self.office.house.by_address(self._countable_address())
            self.transcript.encryption = "STARTTLS"
        else:
            self.address = peers.address_of(transport.get_extra_info("peername"))
            self._proxy_timeout = _PROXY_WAIT if self.office.is_proxy(self.address) else None
            self.transcript.encryption = "TLS" if self.is_tls else ""
            self._meet()
        super().connection_made(transport)
        if not is_upgrade and not self.office.enter(self):
            self._say_now(answers.TOO_MANY_CONNECTIONS)

    def connection_lost(self, error: Exception | None) -> None:
        self.office.leave(self)
        known = self.client or self._named
        if known and self.transcript.lines:
            self.office.notes.session(known, self.transcript)
        super().connection_lost(error)

    def eof_received(self) -> bool | None:
        """Some devices say nothing more once they have sent a message, and wait for its answer."""
        if not self.is_busy:
            return super().eof_received()
        self._is_over = True
        self._reader.feed_eof()
        return self._talk.ssl is None

    def _meet(self) -> None:
        self.transcript.peer = str(self.address or "")
        self.client = self.office.house.by_address(self._countable_address())

    def _countable_address(self) -> peers.Address | None:
        """The address, if it is that of a single device."""
        return self.address if self.is_proxied or not peers.is_shared(self.address) else None

    def met_proxy(self, address: str) -> None:
        """A proxy of ours has said who is behind it."""
        self.address, self.is_proxied = peers.read(address), True
        self._meet()

    @property
    def _talk(self) -> Session:
        """What aiosmtpd knows of the client; it is there as soon as there is a connection."""
        return cast(Session, self.session)

    def _is_encrypted(self) -> bool:
        return self.is_tls or self._tls_protocol is not None

    def way(self) -> str:
        """How the message came, as a Received line names it (RFC 3848)."""
        is_signed_in = bool(self._talk.authenticated)
        return "ESMTP" + "S" * self._is_encrypted() + "A" * is_signed_in

    def _hang_up(self) -> None:
        if self.transport is not None:
            self.transport.close()

    def _say_now(self, answer: Answer) -> None:
        """Say the last word, without waiting for the client to read it."""
        if self.transport is not None:
            self._writer.write(f"{answer}\r\n".encode())
            self.transport.close()

    def make_room(self) -> None:
        self._say_now(answers.TOO_MANY_CONNECTIONS)

    def shut_down(self) -> None:
        self._say_now(answers.SHUTTING_DOWN)

    def _timeout_cb(self) -> None:
        self._say_now(answers.TOO_SLOW)

    def _one(self, name: str, method: Any) -> Any:
        async def command(argument: str | None) -> None:
            self.transcript.client_said(name, argument)
            if self.receipt is not None:
                # The client has heard our 250: what comes from here on is no repeat.
                receipt, self.receipt = self.receipt, None
                await self.office.run(self.office.note_answered, receipt)
            try:
                await method(argument)
            except Refused as refused:
                await self.refuse(refused)
            if self._is_over:
                self._hang_up()

        return command

    async def say(self, answer: Answer) -> None:
        await self.push(str(answer))

    async def push(self, status: Any) -> None:
        text = status.decode() if isinstance(status, bytes) else str(status)
        self.transcript.server_said("334" if text.startswith("334 ") else text)
        await super().push(status)

    async def refuse(self, refused: Refused) -> None:
        """Answer, and tell the log."""
        self.office.notes.refusal(
            Refusal(
                client=self.client or self._named,
                peer=str(self.address or ""),
                answer=refused.answer,
                why=refused.why,
                mail_from=(self.mail_from or ""),
                recipients=tuple(self.recipients)[:20],
            )
        )
        await self.say(refused.answer)

    async def handle_exception(self, error: Exception) -> str:
        """A fault of ours is no business of the client, and its text may hold a whole row."""
        if not isinstance(error, asyncio.IncompleteReadError):  # the client is gone
            logger.error("%s in a session", type(error).__name__)
        return str(answers.UNAVAILABLE)

    def forget_message(self) -> None:
        self.mail_from, self.recipients = None, {}

    def _set_rset_state(self) -> None:
        super()._set_rset_state()  # type: ignore[no-untyped-call]
        self.forget_message()


class _Handler:
    """What aiosmtpd asks beside the commands."""

    async def handle_PROXY(  # noqa: N802 - aiosmtpd finds it so
        self, server: Line, _session: Any, _envelope: Any, proxy: Any
    ) -> bool:
        server.met_proxy(str(proxy.src_addr or ""))
        return True
