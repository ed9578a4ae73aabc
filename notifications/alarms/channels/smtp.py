"""One message to one SMTP server that somebody has typed: whatever the server does, it takes no
more than half a minute and no more memory than a page."""

import smtplib
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from notifications.i18n import gettext_noop as _
from notifications.i18n import storable
from notifications.models.alarms.channel import SmtpSecurity
from notifications.webhooks import connect
from notifications.webhooks.call import CallResult, failure
from notifications.webhooks.connect import TargetRefused
from notifications.webhooks.target import host_problem

PORTS = frozenset([25, 465, 587])  # of mail; those above 1024 are allowed as well
_READY, _ACCEPTED = 220, 250
_MOST_ANSWERS = 64 * 1024  # bytes, in all
_LONGEST_TEXT = 200  # characters of an answer
_REFUSED_SIGN_IN = storable(_("The server refused user name and password (%(status)s)."))
_NO_SIGN_IN = storable(_("The server offers no sign-in that Mail Connector knows."))
_NO_STARTTLS = storable(_("The server does not offer STARTTLS."))
_CLOSED = storable(_("The server closed the connection."))
_TOO_LONG = storable(_("The server's answers are too long."))
_NOT_FOR_ALL = storable(
    _("The others get it, but for %(addresses)s the server answered %(status)s: %(text)s")
)
_ANSWERED = storable(_("The server answered %(status)s: %(text)s"))


@dataclass(frozen=True, slots=True)
class Server:
    """`our_name` is how we greet it."""

    host: str
    port: int
    security: str
    user: str
    password: str = field(repr=False)
    our_name: str


def send(server: Server, message: bytes, *, sender: str, recipients: Sequence[str]) -> CallResult:
    """Hand the message in. Never raises for what the other side does."""
    if problem := host_problem(server.host):
        return CallResult(0, problem)
    try:
        with _session(server) as session:
            refused = session.sendmail(sender, recipients, message)
    except smtplib.SMTPException as error:
        return _told(error)
    except _TooMuch:
        return CallResult(0, _TOO_LONG)
    except (OSError, ValueError, TargetRefused) as error:
        return CallResult(0, failure(error))
    # Where some have got it the message is not sent to them again, so this is no failure.
    return CallResult(_ACCEPTED, left_out=_left_out(refused) if refused else "")


@contextmanager
def _session(server: Server) -> Iterator["_Session"]:
    """Connect, greet, encrypt and sign in, in this order."""
    plain = connect.directly(server.host, server.port)
    with plain, connect.at_most(connect.LONGEST_CALL, plain):
        session = _Session(server, plain)
        try:
            session.greet(server)
            if server.security == SmtpSecurity.STARTTLS:
                session.starttls(context=connect.tls())
            if server.user:
                session.login(server.user, server.password)
            yield session
            with suppress(OSError, smtplib.SMTPException):  # the message is taken already
                session.quit()
        finally:
            session.close()


class _Session(smtplib.SMTP):
    """One session over a connection that is there already."""

    def __init__(self, server: Server, plain: socket.socket) -> None:
        super().__init__(local_hostname=server.our_name, timeout=connect.TIMEOUT)
        self._connected, self._left = plain, _MOST_ANSWERS
        self._host = server.host  # for the certificate, if STARTTLS follows

    def greet(self, server: Server) -> None:
        """Hear the server's first words, over TLS if it begins with that."""
        if server.security == SmtpSecurity.TLS:
            self._connected = connect.tls().wrap_socket(
                self._connected, server_hostname=server.host
            )
        status, text = self.connect(server.host, server.port)
        if status != _READY:
            raise smtplib.SMTPConnectError(status, text)

    def _get_socket(self, *_place: Any) -> socket.socket:
        return self._connected

    def getreply(self) -> tuple[int, bytes]:
        """Read an answer; smtplib itself would read one without an end."""
        if self.file is None and self.sock is not None:
            self.file = _Bounded(self.sock.makefile("rb"), self)
        return super().getreply()

    def spend(self, count: int) -> None:
        self._left -= count
        if self._left < 0:
            raise _TooMuch(_TOO_LONG)


class _TooMuch(ValueError):  # noqa: N818 - reads as what it is
    """The server has answered more than any server needs to."""


class _Bounded:
    """The answers of a server, of which only so many are read."""

    def __init__(self, file: Any, session: _Session) -> None:
        self._file, self._session = file, session

    def readline(self, limit: int) -> bytes:
        line: bytes = self._file.readline(limit)
        self._session.spend(len(line))
        return line

    def close(self) -> None:
        self._file.close()


def _told(error: smtplib.SMTPException) -> CallResult:
    """Say what the server answered. To a sign-in only the number: a server may repeat what it was
    sent, and that was the password."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return CallResult(_number(error.smtp_code), _REFUSED_SIGN_IN % {"status": error.smtp_code})
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _answered(*next(iter(error.recipients.values())))
    if isinstance(error, smtplib.SMTPResponseException):
        return _answered(error.smtp_code, error.smtp_error)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return CallResult(0, _NO_STARTTLS if "STARTTLS" in str(error) else _NO_SIGN_IN)
    is_closed = isinstance(error, smtplib.SMTPServerDisconnected)
    return CallResult(0, _CLOSED if is_closed else _NO_SIGN_IN)


def _left_out(refused: Mapping[str, tuple[int, bytes]]) -> str:
    """Say whom the server took it not for, and why the first."""
    status, text = next(iter(refused.values()))
    values = {"addresses": ", ".join(refused), "status": status, "text": _shown(text)}
    return _NOT_FOR_ALL % values


def _answered(status: int, text: bytes | str) -> CallResult:
    return CallResult(_number(status), _ANSWERED % {"status": status, "text": _shown(text)})


def _shown(text: bytes | str) -> str:
    said = text.decode(errors="replace") if isinstance(text, bytes) else text
    return "".join(sign if sign.isprintable() else " " for sign in said)[:_LONGEST_TEXT]


def _number(status: int) -> int:
    return max(status, 0)
