"""A connection with what all commands have in common: it remembers who is there, and what message
they are about to hand in.

aiosmtpd reads the lines, calls a method for each command and upgrades to TLS. The commands are in
`authentication.py` and `protocol.py`, what is answered goes through `talk.py`.
"""

import asyncio
import logging
from typing import Any

from django.utils import timezone

from notifications.message.addresses import Address
from notifications.models import SmtpClient

from . import peers
from .answers import Refused
from .notes import Refusal
from .office import Office
from .talk import Talk
from .transcript import Transcript

# It would write addresses, and with its traces more than that.
logging.getLogger("mail.log").setLevel(logging.CRITICAL + 1)

_PROXY_WAIT = 5
_LONGEST_LINE = 64 * 1024


class Line(Talk):
    """`client` is who hands in mail here, once that is known."""

    SILENCE = 300  # seconds
    line_length_limit = _LONGEST_LINE
    command_size_limit = 2048

    def __init__(self, office: Office, *, is_tls: bool, loop: asyncio.AbstractEventLoop) -> None:
        self.office = office
        self.is_tls = is_tls
        self._client: int | None = None
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
            timeout=self.SILENCE,
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
            self._meet()
            self.transcript.encryption = "STARTTLS"
        else:
            self.address = peers.address_of(transport.get_extra_info("peername"))
            self._proxy_timeout = _PROXY_WAIT if self.office.is_proxy(self.address) else None
            self.transcript.encryption = "TLS" if self.is_tls else ""
            self._meet()
        super().connection_made(transport)
        if not is_upgrade and not self.office.enter(self):
            self.make_room()

    def connection_lost(self, error: Exception | None) -> None:
        known = self.client or self._named
        if known and self.transcript.lines:
            self.office.notes.session(known, self.transcript)
        # Last: who sees that nobody is here any more finds everything noted.
        self.office.leave(self)
        super().connection_lost(error)

    def eof_received(self) -> bool | None:
        """Some devices say nothing more once they have sent a message, and wait for its answer."""
        if not self.is_busy:
            return super().eof_received()
        self._is_over = True
        self._reader.feed_eof()
        return self._talk.ssl is None

    @property
    def client(self) -> SmtpClient | None:
        """The client as the house knows it now; None once it may not hand in mail any more."""
        return self.office.house.by_number(self._client)

    @client.setter
    def client(self, client: SmtpClient | None) -> None:
        self._client = client.pk if client else None

    def _meet(self) -> None:
        """See who is there by the address, if that is one of a single device."""
        is_countable = self.is_proxied or not peers.is_shared(self.address)
        self.transcript.peer = str(self.address or "")
        self.client = self.office.house.by_address(self.address if is_countable else None)

    def met_proxy(self, address: str) -> None:
        """A proxy of ours has said who is behind it."""
        self.address, self.is_proxied = peers.read(address), True
        self._meet()

    def _is_encrypted(self) -> bool:
        return self.is_tls or self._tls_protocol is not None

    def way(self) -> str:
        """How the message came, as a Received line names it (RFC 3848)."""
        is_signed_in = bool(self._talk.authenticated)
        return "ESMTP" + "S" * self._is_encrypted() + "A" * is_signed_in

    def _one(self, name: str, method: Any) -> Any:
        async def command(argument: str | None) -> None:
            self.transcript.client_said(name, argument)
            if self.receipt is not None:
                # The client has heard our 250: what comes from here on is no repeat.
                await self.office.run(self.office.note_answered, self.receipt)
                self.receipt = None
            try:
                await method(argument)
            except Refused as refused:
                await self.refuse(refused)
            if self._is_over:
                self.hang_up()

        return command

    def refusal(self, refused: Refused) -> Refusal:
        return Refusal(
            client=self.client or self._named,
            peer=str(self.address or ""),
            answer=refused.answer,
            why=refused.why,
            mail_from=(self.mail_from or ""),
            recipients=tuple(self.recipients)[:20],
        )

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
