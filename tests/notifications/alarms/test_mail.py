"""Alarms by the mail server of another provider, whatever that server does."""

import email
import email.policy
import time

import pytest

from notifications import vault
from notifications.alarms import deliveries
from notifications.alarms import watch as alarms
from notifications.alarms.channels import mail, smtp
from notifications.models import AlarmChannel, MicrosoftAccount
from notifications.models.account import AccountState
from notifications.webhooks import connect
from tests import factories
from tests.mail_servers import PASSWORD, USER, MailServer, running
from tests.notifications.alarms.steps import MINUTE, NOW

pytestmark = pytest.mark.django_db


def channel_of(server, **changes):
    values = {
        "name": "Provider",
        "kind": "smtp",
        "alarm_secret": "",
        "smtp_host": "localhost",
        "smtp_port": server.port,
        "smtp_user": USER,
        "smtp_password": vault.seal(PASSWORD, "smtp_password"),
        "mail_from": "Mail Connector <desk@provider.example>",
        "mail_to": "megan@contoso.example, Alex <alex@contoso.example>",
    }
    return factories.alarm_channel("", **values | changes)


@pytest.fixture
def provider(settings, tmp_path):
    """Make a server that listens, with a certificate that we trust."""
    started = []

    def start(**behaviour):
        server = MailServer(**behaviour)
        started.append(running(server))
        started[-1].__enter__()
        settings.CA_BUNDLE = str(tmp_path / "ca.pem")
        server.authority.cert_pem.write_to_path(settings.CA_BUNDLE)
        return server

    yield start
    for each in started:
        each.__exit__(None, None, None)


def tried(channel):
    return deliveries.send_test(channel, now=NOW)


@pytest.mark.parametrize(
    ("security", "behaviour"), [("starttls", {}), ("tls", {"is_tls": True, "has_starttls": False})]
)
def test_an_alarm_arrives_signed_in_and_encrypted(quiet, provider, security, behaviour):
    server = provider(**behaviour)
    channel_of(server, smtp_security=security)
    MicrosoftAccount.objects.update(state="blocked")

    alarms.look(now=NOW)

    (sender, recipients, text), = server.messages  # fmt: skip
    assert sender.lower().startswith("mail from:<desk@provider.example>")
    assert [each.lower() for each in recipients] == [
        "rcpt to:<megan@contoso.example>",
        "rcpt to:<alex@contoso.example>",
    ]
    message = email.message_from_bytes(text, policy=email.policy.default)
    assert message["Subject"].startswith("Mail Connector: Blocked by Microsoft")
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert message["From"] == "Mail Connector <desk@provider.example>"
    assert message["Date"].datetime >= NOW.replace(microsecond=0)
    assert "http://localhost:8000" in message.get_content()


def test_a_server_without_a_sign_in_is_enough(quiet, provider):
    server = provider(has_starttls=False, extensions=())

    result = tried(channel_of(server, smtp_security="none", smtp_user="", smtp_password=""))

    assert (result.status, result.error) == (250, "")
    assert len(server.messages) == 1


@pytest.mark.parametrize(
    ("behaviour", "changes", "words"),
    [
        ({"has_starttls": False}, {}, "The server does not offer STARTTLS."),
        ({"answers": {"STARTTLS": "454 Not now"}}, {}, "The server answered 454: Not now"),
        ({"extensions": ()}, {}, "The server offers no sign-in that Mail Connector knows."),
        ({"answers": {"MAIL": "550 No\x07thing"}}, {}, "The server answered 550: No thing"),
        ({"answers": {"RCPT": "550 Nobody"}}, {}, "The server answered 550: Nobody"),
        ({"answers": {"DATA": "451 Later"}}, {}, "The server answered 451: Later"),
        ({"answers": {"EHLO": "500 No", "HELO": "500 No"}}, {}, "The server answered 500: No"),
        ({"babbles": b"220-" + b"x" * 500 + b"\r\n"}, {}, "The server's answers are too long."),
        ({"babbles": b"x" * 9000}, {}, "The server answered 500: Line too long."),
    ],
)
def test_what_a_server_refuses_is_told(quiet, provider, behaviour, changes, words):
    result = tried(channel_of(provider(**behaviour), **changes))

    assert words in result.error


def test_who_gets_no_alarm_although_others_do_is_told_and_nobody_gets_it_twice(quiet, provider):
    server = provider()
    channel = channel_of(server, mail_to="nobody@contoso.example, ok@contoso.example")
    factories.enqueue()
    MicrosoftAccount.objects.update(state=AccountState.BLOCKED)

    for minute in range(3):
        alarms.look(now=NOW + minute * MINUTE)

    (alarm,) = [text for _sender, _recipients, text in server.messages]
    assert b"nobody@contoso.example" in alarm
    channel.refresh_from_db()
    assert channel.failing_since
    assert channel.last_error == (
        "The others get it, but for nobody@contoso.example the server answered 550: 5.1.1 Unknown"
    )


def test_no_password_is_sent_before_the_connection_is_encrypted(quiet, provider):
    server = provider(has_starttls=False)

    tried(channel_of(server))

    assert [line.partition(" ")[0] for line in server.heard] == ["ehlo"]


def test_a_server_that_repeats_the_password_does_not_get_it_into_a_page(quiet, provider):
    wrong = vault.seal("wr0ng", "smtp_password")

    result = tried(channel_of(provider(), smtp_password=wrong))

    assert result.error == "The server refused user name and password (535)."


def test_a_server_with_a_foreign_certificate_gets_nothing(quiet, provider, settings):
    server = provider()
    settings.CA_BUNDLE = ""

    result = tried(channel_of(server))

    assert result.error == "TLS: CERTIFICATE_VERIFY_FAILED"
    assert [line.partition(" ")[0].lower() for line in server.heard] == ["ehlo", "starttls"]


def test_a_server_that_never_answers_is_not_waited_for(quiet, provider, monkeypatch):
    monkeypatch.setattr(connect, "LONGEST_CALL", 0.3)
    began = time.monotonic()

    result = tried(channel_of(provider(greets=False)))

    assert result.error
    assert time.monotonic() - began < connect.TIMEOUT


def test_a_private_network_is_not_connected_with(quiet, settings):
    settings.CALLBACKS_TO_PRIVATE_ADDRESSES = False
    channel = channel_of(MailServer(port=25), smtp_host="10.0.0.1")

    assert "leads into a private network" in tried(channel).error


def test_what_microsoft_says_is_no_header(quiet):
    body = (
        '{"id": "1", "event": "alarm.raised", "installation": "x", "alarm": {"text": '
        '"Bad\\r\\nBcc: evil@evil.example", "why": "", "what_to_do": "", "microsoft_code": "", '
        '"raised_at": "2026-11-24T12:00:00+00:00", "cleared_at": null}}'
    )

    message = mail.composed(channel_of(MailServer(port=25)), body, NOW)

    assert message["Bcc"] is None
    assert message["Subject"] == "Mail Connector: Bad Bcc: evil@evil.example"


def test_the_password_is_not_shown_by_an_error_of_ours():
    server = smtp.Server("a", 25, "tls", USER, PASSWORD, "b")

    assert PASSWORD not in repr(server)


def test_a_password_that_no_key_opens_is_told(quiet, settings):
    channel = channel_of(MailServer(port=25))
    settings.ENCRYPTION_KEYS = ["Z" * 43 + "="]

    assert "cannot be read" in tried(AlarmChannel.objects.get(pk=channel.pk)).error
