"""E-mail by the SMTP server of another provider, for when our own mail has stopped."""

import json
from datetime import UTC, datetime
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import urlsplit

from django.conf import settings

from notifications.message.addresses import Address, parse_address, parse_addresses
from notifications.models import AlarmChannel
from notifications.webhooks.call import CallResult

from . import smtp
from .smtp import Server
from .wording import worded

_LONGEST_SUBJECT = 200  # characters


def send(channel: AlarmChannel, body: str, now: datetime) -> CallResult:
    message = composed(channel, body, now)
    server = Server(
        host=channel.smtp_host,
        port=channel.smtp_port,
        security=channel.smtp_security,
        user=channel.smtp_user,
        password=AlarmChannel.smtp_password.field.open(channel),
        our_name=_host(),
    )
    recipients = [address.address for address in parse_addresses(channel.mail_to)]
    sender = parse_address(channel.mail_from).address
    return smtp.send(server, message.as_bytes(), sender=sender, recipients=recipients)


def composed(channel: AlarmChannel, body: str, now: datetime) -> EmailMessage:
    """Write the message. The same event has the same Message-ID at each try."""
    said = worded(body, language=channel.language)
    message = EmailMessage(policy=SMTP)
    message["From"] = _for_header(parse_address(channel.mail_from))
    message["To"] = tuple(map(_for_header, parse_addresses(channel.mail_to)))
    message["Subject"] = _one_line(f"Mail Connector: {said.title}")
    message["Date"] = now.astimezone(UTC)
    message["Message-ID"] = f"<{json.loads(body)['id']}@{_host()}>"
    # Out-of-office replies and loops of two robots help nobody (RFC 3834, MS-OXCMAIL).
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    facts = "\n".join(f"{name}: {value}" for name, value in said.facts)
    message.set_content("\n\n".join([said.title, *said.lines, facts]) + "\n")
    return message


def _for_header(address: Address) -> HeaderAddress:
    return HeaderAddress(display_name=address.name, addr_spec=address.address)


def _one_line(text: str) -> str:
    """A text of Microsoft's may have line ends, which would begin another header."""
    return " ".join(text.split())[:_LONGEST_SUBJECT]


def _host() -> str:
    return urlsplit(settings.PUBLIC_URL).hostname or "localhost"
