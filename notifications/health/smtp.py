"""Whether the SMTP listener does what it should, and whether it lets strangers send."""

import re
import smtplib
import socket
from datetime import datetime

from notifications.models import SmtpClient, SmtpListener, SmtpSettings

# Nobody's address: no mailbox is ever told that somebody tried.
STRANGER = "relay-test@example.com"
_WAIT = 5  # seconds
_CLOSED = (530, 550)
_ANYWHERE = {"::": "::1", "0.0.0.0": "127.0.0.1"}  # noqa: S104 - where it listens, not we


def is_wanted() -> bool:
    """Say whether something should listen."""
    return SmtpSettings.objects.current().is_on and SmtpClient.objects.usable().exists()


def is_fine(*, now: datetime) -> bool:
    """Say whether something listens, or nothing has to."""
    return not is_wanted() or bool(SmtpListener.objects.listening(now=now))


def relay_problems(*, now: datetime) -> tuple[int, list[str]]:
    """Try each listener of this machine without signing in; return how many addresses were tried,
    and what is wrong at which."""
    here = [
        (host, port, is_tls)
        for each in SmtpListener.objects.listening(now=now)
        if each.name.partition(":")[0] == socket.gethostname()
        for host, port, is_tls in each.addresses
    ]
    tried = {(_ANYWHERE.get(host, host), port): is_tls for host, port, is_tls in here}
    found = []
    for (host, port), is_tls in tried.items():
        if problem := _try(host, port, is_tls=is_tls):
            found.append(f"{host}:{port}: {problem}")
    return len(tried), found


def _try(host: str, port: int, *, is_tls: bool) -> str:
    """Hand in nothing: the command that names the recipient has to be refused."""
    kind = smtplib.SMTP_SSL if is_tls else smtplib.SMTP
    try:
        with kind(host, port, timeout=_WAIT) as client:
            client.ehlo("checklist")
            code, text = client.mail(STRANGER)
            if code in (250, 251):
                code, text = client.rcpt(STRANGER)
    except (OSError, smtplib.SMTPException) as error:
        return type(error).__name__
    if code in _CLOSED or code == 451:  # noqa: PLR2004 - it takes nothing at all now
        return ""
    return re.sub(r"\s+", " ", f"{code} {text.decode(errors='replace')}")[:200]
