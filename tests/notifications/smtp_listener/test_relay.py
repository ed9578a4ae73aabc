"""Attempts to send through the listener what nobody may, and to smuggle in more than is said."""

import pytest

from notifications.models import Attempt, Notification
from notifications.models.smtp.client import Authentication, Recipients
from notifications.smtp_listener.line import Line
from tests.notifications.smtp_listener.listening import SENDER, Speaker, client

OURS, OUTSIDE = "ana@contoso.example", "eve@fabrikam.example"
LETTER = f"From: {SENDER}\r\nTo: {OURS}\r\nSubject: x\r\nMessage-ID: <7@x>\r\n\r\nHello".encode()
# Senders and recipients, as tests for open relays have them (abuse.net and others).
SENDERS = [
    f"<{SENDER}>",
    f"<{OUTSIDE}>",
    "<spam>",
    "<>",
    "<spam@localhost>",
    "<spam@[127.0.0.1]>",
    "<postmaster@contoso.example>",
]
RECIPIENTS = [
    OUTSIDE,
    f'<"{OUTSIDE}">',
    f'"{OUTSIDE}"',
    "<eve%fabrikam.example@contoso.example>",
    "<eve%fabrikam.example>",
    "<eve%fabrikam.example@[127.0.0.1]>",
    '<"eve%fabrikam.example">',
    f'<"{OUTSIDE}"@contoso.example>',
    f"<{OUTSIDE}@contoso.example>",
    f"<{OUTSIDE}@[127.0.0.1]>",
    f"<@contoso.example:{OUTSIDE}>",
    f"<@[127.0.0.1]:{OUTSIDE}>",
    f"<@contoso.example,@fabrikam.example:{OUTSIDE}>",
    "<fabrikam.example!eve>",
    "<fabrikam.example!eve@contoso.example>",
    "<fabrikam.example!eve@[127.0.0.1]>",
    "<contoso.example!fabrikam.example!eve>",
    f"<{OURS},{OUTSIDE}>",
    f"<{OURS}> <{OUTSIDE}>",
    f"<{OURS}\x00{OUTSIDE}>",
    f"<{OUTSIDE}> ORCPT=rfc822;{OURS}",
    "<eve@fabrikam.example.>",
    "<eve@[192.0.2.1]>",
    "<eve@contoso.example.fabrikam.example>",
    "<eve@notcontoso.example>",
    "<eve@contoso.example@fabrikam.example>",
]
PROBES = [(sender, f"<{OUTSIDE}>") for sender in SENDERS]
PROBES += [(f"<{SENDER}>", recipient) for recipient in RECIPIENTS]
REFUSED = ("501 5.1.3", "501 5.1.7", "503 5.5.1", "530 5.7.0", "550 5.7.1", "500 5.5.2")


def tried(speaker, sender, recipient):
    """Go on whatever is answered, as a probe does."""
    heard = [speaker.say(f"MAIL FROM:{sender}")]
    heard.append(speaker.say(f"RCPT TO:{recipient}"))
    heard.append(speaker.say("DATA"))
    if heard[-1].startswith("354"):
        heard.append(speaker.say(LETTER + b"\r\n."))
    speaker.say("RSET")
    return heard


def recipients():
    return {each for row in Notification.objects.all() for each in row.recipients}


@pytest.mark.parametrize(("sender", "recipient"), PROBES)
def test_a_stranger_sends_nothing(smtp, scanner, sender, recipient):
    speaker = Speaker(smtp.port)
    speaker.hear()
    speaker.say("EHLO probe")
    assert all(answer.startswith(REFUSED) for answer in tried(speaker, sender, recipient))
    assert not Notification.objects.exists()
    speaker.close()


@pytest.fixture
def neighbour(smtp, monkeypatch):
    """A device without sign-in, whose recipients are our domains."""
    client(
        authentication=Authentication.ADDRESS,
        networks="127.0.0.1",
        allowed_recipients=Recipients.DOMAINS,
        domains="contoso.example",
    )
    smtp.refresh()
    # The test is this machine itself, which never counts as a client.
    monkeypatch.setattr("notifications.smtp_listener.peers.is_shared", lambda _address: False)
    found = Speaker(smtp.port)
    found.hear()
    found.say("EHLO probe")
    yield found
    found.close()


@pytest.mark.parametrize(("sender", "recipient"), PROBES)
def test_a_device_without_sign_in_reaches_our_domains_only(neighbour, sender, recipient):
    tried(neighbour, sender, recipient)
    assert recipients() <= {OURS}


def test_a_device_without_sign_in_reaches_our_domains(neighbour):
    heard = tried(neighbour, f"<{SENDER}>", f"<{OURS}>")
    assert heard[-1].startswith("250 2.0.0 Queued as")


INJECTED = [
    "ana@contoso.example\nBcc: eve@fabrikam.example",
    "ana@contoso.example\rBcc: eve@fabrikam.example",
    "ana@contoso.example\x0bBcc: eve@fabrikam.example",
    "ana@contoso.example\x85Bcc: eve@fabrikam.example",
    "ana@contoso.example\u2028Bcc: eve@fabrikam.example",
    "ana@contoso.example\x00",
    "=?utf-8?q?ana=0D=0ABcc:?=@contoso.example",
    "ana@contoso.example>, <eve@fabrikam.example",
]


@pytest.mark.parametrize("address", INJECTED)
def test_addresses_smuggle_no_header_in(speaker, address):
    """A bare LF ends a command for aiosmtpd: what follows is a command of its own, and none."""
    speaker.send(f"MAIL FROM:<{SENDER}>\r\nRCPT TO:<{address}>\r\nNOOP\r\n".encode())
    heard = [speaker.hear()]
    while not heard[-1].startswith("250 2.0.0"):
        heard.append(speaker.hear())
    speaker.say(f"RCPT TO:<{OURS}>")
    speaker.say("DATA")
    assert speaker.say(LETTER + b"\r\n.").startswith("250")
    row = Notification.objects.get()
    assert not any(each.casefold().endswith("fabrikam.example") for each in row.recipients)
    assert not any(ord(sign) < 32 or sign == "\u2028" for each in row.recipients for sign in each)


@pytest.mark.parametrize("sender", [f"<{SENDER}\x0bX: 1>", f"<{SENDER}\x85X>", "<a b@c.example>"])
def test_a_sender_smuggles_no_header_in(speaker, sender):
    assert speaker.say(f"MAIL FROM:{sender}").startswith("501 5.1.7")


@pytest.mark.parametrize(
    "octets",
    [
        b"\x00", b"\xff\xfe", b"GET / HTTP/1.1", b"\x16\x03\x01\x02\x00", b"MAIL", b"RCPT \xff",
        b"DATA now", b"AUTH", b"AUTH PLAIN =", b"EHLO", b"x" * 70_000,
        b"MAIL FROM:<" + b"x" * 5_000 + b">", b"PROXY TCP4 1 2 3 4",
    ],
)  # fmt: skip
def test_no_octets_are_answered_by_a_traceback(smtp, scanner, octets):
    speaker = Speaker(smtp.port)
    speaker.hear()
    speaker.send(octets + b"\r\n")
    answer = speaker.hear()
    assert answer[:3].isdigit()
    assert not any(word in answer for word in ("Traceback", "Error", "Exception", "line "))
    speaker.close()


def test_a_slow_client_is_told_and_goes(smtp, scanner, monkeypatch):
    assert Line.SILENCE == 300
    monkeypatch.setattr(Line, "SILENCE", 0.2)
    speaker = Speaker(smtp.port)
    speaker.hear()
    speaker.send(b"EHLO de")
    assert speaker.hear().startswith("421 4.4.2")
    assert speaker.hear() == ""
    speaker.close()


def test_refusals_name_neither_password_nor_content(smtp, speaker):
    speaker.deliver(LETTER.replace(SENDER.encode(), b"x@y.example") + b" secret-content", OURS)
    smtp.write_down()
    entry = Attempt.objects.get()
    assert "secret-content" not in str(vars(entry))
