"""Greeting, encryption and sign-in, as old devices do them (RFC 5321, 3207, 4954)."""

import binascii
from base64 import b64decode

from aiosmtpd.smtp import MISSING

from . import answers
from .answers import Refused
from .line import Line


class SigningIn(Line):
    """Commands before a message."""

    async def smtp_HELO(self, hostname: str | None) -> None:  # noqa: N802 - aiosmtpd finds it so
        await self._hello(hostname, is_extended=False)

    async def smtp_EHLO(self, hostname: str | None) -> None:  # noqa: N802
        await self._hello(hostname, is_extended=True)

    async def _hello(self, hostname: str | None, *, is_extended: bool) -> None:
        """In one piece: dumb clients read only once. A sign-in stays."""
        self._set_rset_state()
        self._talk.host_name = hostname or "unknown"
        self._talk.extended_smtp = is_extended
        lines = [self.hostname]
        if is_extended:
            lines += [f"SIZE {self.office.house.largest}", "8BITMIME", "SMTPUTF8", "PIPELINING"]
            lines += ["ENHANCEDSTATUSCODES"]
            if self.tls_context and not self._tls_protocol:
                lines.append("STARTTLS")
            if self._is_private() or self.office.house.takes_plain_passwords:
                # Some old programs know the second form only.
                lines += ["AUTH PLAIN LOGIN", "AUTH=PLAIN LOGIN"]
        marks = ["-"] * (len(lines) - 1) + [" "]
        pairs = zip(marks, lines, strict=True)
        await self.push("\r\n".join(f"250{mark}{line}" for mark, line in pairs))

    def _is_private(self) -> bool:
        """Say whether nobody can listen: the connection is encrypted, or does not leave here."""
        is_here = self.address is not None and self.address.is_loopback and not self.is_proxied
        return self._is_encrypted() or is_here

    async def smtp_STARTTLS(self, arg: str | None) -> None:  # noqa: N802
        if self._is_encrypted():
            raise Refused(answers.BAD_ORDER)
        if not self.tls_context:
            raise Refused(answers.NO_TLS)
        await super().smtp_STARTTLS("")

    async def smtp_AUTH(self, arg: str | None) -> None:  # noqa: N802
        """After HELO too: printers do that."""
        words = (arg or "").split()
        if self._talk.authenticated or self.mail_from is not None:
            raise Refused(answers.SIGNED_IN_ALREADY)
        if not words or words[0].upper() not in ("PLAIN", "LOGIN"):
            raise Refused(answers.UNKNOWN_MECHANISM)
        if not self._is_private() and not self.office.house.takes_plain_passwords:
            raise Refused(answers.ENCRYPT_FIRST)
        asked = self._plain if words[0].upper() == "PLAIN" else self._login
        found = await asked(words[1] if len(words) > 1 else None)
        if found is None:
            return
        await self._sign_in(*found)

    async def _plain(self, given: str | None) -> tuple[str, str] | None:
        text = await self._told(given, "")
        if text is None:
            return None
        parts = text.split("\0")
        if len(parts) != 3:  # noqa: PLR2004 - whom for, who, and the password (RFC 4616)
            raise Refused(answers.BAD_ARGUMENT)
        return parts[1], parts[2]

    async def _login(self, given: str | None) -> tuple[str, str] | None:
        # Some devices hang up at any other spelling of the two questions.
        user = await self._told(given, "Username:")
        if user is None:
            return None
        password = await self._told(None, "Password:")
        return None if password is None else (user, password)

    async def _told(self, given: str | None, question: str) -> str | None:
        """Return what the client says, decoded; None where that was answered already."""
        if given is None:
            found = await self.challenge_auth(question)
            if found is MISSING:
                return None
            return bytes(found).decode("utf-8", "replace")
        try:
            return b64decode("" if given == "=" else given).decode("utf-8", "replace")
        except (binascii.Error, ValueError) as error:
            raise Refused(answers.BAD_ARGUMENT) from error

    async def _sign_in(self, user: str, password: str) -> None:
        here, wrong = self.office.house, self.office.wrong_sign_ins
        peer = str(self.address or "")
        client = self._named = here.by_user_name(user)
        if wrong.has_to_wait(user, peer):
            await self.refuse(Refused(answers.MUST_WAIT))
            self.hang_up()
            return
        if here.is_stale:
            raise Refused(answers.CANNOT_CHECK)
        if client is None or not client.has_password(password):
            wrong.note(user, peer)
            raise Refused(answers.WRONG_PASSWORD)
        if not self._is_private() and not client.allow_plain:
            raise Refused(answers.ENCRYPT_FIRST)
        if client.network_list and not (self.address and client.is_in_networks(self.address)):
            raise Refused(answers.NETWORK_NOT_ALLOWED)
        wrong.forget(user, peer)
        if not self.office.may_have_one_more(client, self):
            await self.refuse(Refused(answers.TOO_MANY_CONNECTIONS))
            self.hang_up()
            return
        self.client, self._talk.authenticated = client, True
        await self.say(answers.SIGNED_IN)
