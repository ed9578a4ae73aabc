"""Encryption, and those who end a connection early."""

import socket
import ssl

import pytest

from notifications.models import Notification
from notifications.smtp_listener import addresses
from notifications.smtp_listener.addresses import Listen
from notifications.smtp_listener.certificate import Certificate
from tests import factories
from tests.notifications.smtp_listener import listening
from tests.notifications.smtp_listener.listening import SENDER, Speaker, client
from tests.notifications.smtp_listener.test_sessions import ANA, LETTER


@pytest.fixture
def certificate(settings, tmp_path):
    file = tmp_path / "smtp.pem"
    file.write_bytes(factories.certificate_pem())
    settings.SMTP_CERTIFICATE = settings.SMTP_KEY = str(file)
    found = Certificate()
    found.look()
    return found


@pytest.fixture
def secure(db, files, unconnected, monkeypatch, certificate):
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    listening.turned_on()
    with listening.Listener(tls=certificate.context).listening() as listener:
        yield listener


def encrypted(speaker):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    speaker.socket = context.wrap_socket(speaker.socket)
    speaker.file = speaker.socket.makefile("rb")


def test_a_letter_by_starttls(secure):
    row, password = client(allow_plain=False)
    secure.refresh()
    speaker = Speaker(secure.port)
    speaker.hear()
    assert "STARTTLS" in speaker.say("EHLO device")
    assert speaker.say("STARTTLS").startswith("220")
    encrypted(speaker)
    speaker.sign_in(row, password)
    assert "STARTTLS" not in speaker.say("EHLO device")
    assert speaker.deliver(LETTER, ANA).startswith("250")
    assert b"with ESMTPSA" in Notification.objects.get().raw_content.read()
    speaker.close()


def test_what_was_said_before_encryption_counts_for_nothing(secure):
    row, password = client()
    secure.refresh()
    speaker = Speaker(secure.port)
    speaker.hear()
    speaker.sign_in(row, password)
    speaker.send(f"STARTTLS\r\nMAIL FROM:<{SENDER}>\r\n".encode())
    assert speaker.hear().startswith("220")
    encrypted(speaker)
    assert speaker.say("EHLO device").startswith("250")
    assert speaker.say(f"RCPT TO:<{ANA}>").startswith("503")
    assert speaker.say(f"MAIL FROM:<{SENDER}>").startswith("530")
    speaker.close()


def test_a_device_that_says_no_more_hears_the_answer(speaker):
    for command in (f"MAIL FROM:<{SENDER}>", f"RCPT TO:<{ANA}>", "DATA"):
        speaker.say(command)
    speaker.send(LETTER + b"\r\n.\r\n")
    speaker.socket.shutdown(socket.SHUT_WR)
    assert speaker.hear().startswith("250 2.0.0 Queued as")


def test_a_message_that_breaks_off_is_none(smtp, speaker):
    for command in (f"MAIL FROM:<{SENDER}>", f"RCPT TO:<{ANA}>", "DATA"):
        speaker.say(command)
    speaker.send(LETTER)
    speaker.close()
    other = Speaker(smtp.port)
    other.hear()
    other.close()
    assert not Notification.objects.exists()


def test_a_wrong_certificate_leaves_the_former_one(certificate, tmp_path):
    ended = certificate.ends_at
    file = tmp_path / "smtp.pem"
    file.write_text("nothing")
    certificate.look()
    assert "cannot be used" in certificate.problem
    assert certificate.ends_at == ended


def test_a_key_that_does_not_fit_leaves_encryption_as_it_was(secure, certificate, tmp_path):
    row, password = client(allow_plain=False)
    secure.refresh()
    file, begin = tmp_path / "smtp.pem", b"-----BEGIN CERTIFICATE"
    key, other = file.read_bytes().partition(begin)[0], factories.certificate_pem()
    file.write_bytes(key + begin + other.partition(begin)[2])
    certificate._seen = ()
    certificate.look()
    assert "cannot be used" in certificate.problem
    speaker = Speaker(secure.port)
    speaker.hear()
    speaker.say("EHLO device")
    speaker.say("STARTTLS")
    encrypted(speaker)
    speaker.sign_in(row, password)
    speaker.close()


def test_one_file_may_hold_certificate_and_key(settings, certificate):
    settings.SMTP_KEY = ""
    alone = Certificate()
    alone.look()
    assert (alone.problem, alone.ends_at) == ("", certificate.ends_at)


def test_where_to_listen():
    found = addresses.read("[::]:587, 192.0.2.1:25,[::]:465/tls")
    assert found == [Listen("::", 587), Listen("192.0.2.1", 25), Listen("::", 465, is_tls=True)]
    assert str(found[2]) == "[::]:465/tls"


@pytest.mark.parametrize("text", ["587", "localhost", "[::]:0", "[::]:x", "[::]:25/ssl", ":25"])
def test_where_nobody_can_listen(text):
    with pytest.raises(addresses.ImproperlyConfigured):
        addresses.read(text)
