"""One connection: the commands that hand in a message, as old devices give them (RFC 5321)."""

from django.utils import timezone

from . import answers, data, house, rules
from .answers import Refused
from .authentication import SigningIn
from .commands import read_path
from .receipts import Envelope

_LONGEST_SENDER = 254


class Connection(SigningIn):
    """It takes messages from `client`, once that is known."""

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802
        if self.mail_from is not None:
            raise Refused(answers.BAD_ORDER)
        here = self.office.house
        if self.client is None:
            raise Refused(answers.SIGN_IN_FIRST)
        if closed := house.is_closed_for(here, self.address):
            raise Refused(closed)
        if here.too_many_wait:
            raise Refused(answers.TOO_MANY_WAIT)
        path = read_path("FROM", arg)
        if path is None or not path.address.isprintable() or " " in path.address:
            raise Refused(answers.BAD_SENDER)
        if path.size > here.largest:
            raise Refused(answers.TOO_LARGE, f"{path.size:,} bytes")
        self.mail_from = path.address[:_LONGEST_SENDER]
        await self.say(answers.SENDER_OK)

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802
        if self.mail_from is None or self.client is None:
            raise Refused(answers.BAD_ORDER)
        path = read_path("TO", arg)
        if path is None:
            raise Refused(answers.BAD_RECIPIENT)
        here = self.office.house
        found = rules.recipient(self.client, path.address, our_domains=here.our_domains)
        known = {*self.recipients, found.address.casefold()}
        if len(known) > here.most_recipients:
            raise Refused(answers.TOO_MANY_RECIPIENTS)
        today = self.client.recipients_of(timezone.now())
        if today + len(known) > self.client.recipients_a_day:
            raise Refused(answers.DAY_IS_FULL)
        self.recipients[found.address.casefold()] = found
        await self.say(answers.RECIPIENT_OK)

    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802
        if self.mail_from is None or not self.recipients or self.client is None:
            raise Refused(answers.BAD_ORDER)
        envelope = Envelope(self.client.pk, self.mail_from, tuple(self.recipients.values()))
        self.is_busy = True
        try:
            await data.receive(self, envelope)
        finally:
            self.is_busy = False
            self.forget_message()

    async def smtp_RSET(self, arg: str | None) -> None:  # noqa: N802
        self._set_rset_state()
        await self.say(answers.OK)

    async def smtp_NOOP(self, arg: str | None) -> None:  # noqa: N802
        await self.say(answers.OK)

    async def smtp_QUIT(self, arg: str | None) -> None:  # noqa: N802
        await self.say(answers.BYE)
        self.hang_up()

    async def smtp_VRFY(self, arg: str | None) -> None:  # noqa: N802
        """Tell nobody who has a mailbox."""
        await self.push("252 2.1.5 Send mail and see")

    async def smtp_HELP(self, arg: str | None) -> None:  # noqa: N802
        await self.push("214 2.0.0 See RFC 5321")

    async def smtp_EXPN(self, arg: str | None) -> None:  # noqa: N802
        raise Refused(answers.UNKNOWN)
