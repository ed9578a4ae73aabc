"""A message from the device to the recipient's mailbox, over both APIs."""

import base64
import hashlib
import os
from email import message_from_bytes

import pytest

from notifications import outbox
from notifications.models import Attempt, Notification, SmtpClient
from notifications.models.attempt import Result
from notifications.models.status import Status
from notifications.queue.engine.drain import drain
from tests import factories
from tests.notifications.smtp_listener import listening
from tests.notifications.smtp_listener.listening import Speaker, client

ANA, BEN = "alex@contoso.example", "ben@fabrikam.example"
DESK = "servicedesk@contoso.example"


@pytest.fixture(params=["graph", "ews"])
def api(request):
    return request.param


@pytest.fixture
def desk(request, db, files, emulator, monkeypatch):
    """A signed-in session of a listener whose queue leads to the emulator."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    api = request.getfixturevalue("api") if "api" in request.fixturenames else "graph"
    factories.connect(emulator, api=api)
    listening.turned_on()
    with listening.Listener().listening() as listener:
        scanner = client(allowed_from=DESK)
        listener.refresh()
        speaker = Speaker(listener.port)
        speaker.hear()
        speaker.sign_in(*scanner)
        yield speaker
        speaker.close()


def letter(*, body=b"Hello\r\n", extra=()):
    lines = [f"From: Desk <{DESK}>", f"To: Ana <{ANA}>", "Subject: Scan", "Message-ID: <7@device>"]
    return "\r\n".join([*lines, *extra, "", ""]).encode() + body


def arrived(emulator):
    drain(worker="w")
    (told,) = emulator.messages()
    return told, emulator.mime(told["n"])


def test_a_message_arrives_as_it_came_with_its_hidden_recipient(api, desk, emulator):
    message = letter(
        body=b"Gr\xc3\xbc\xc3\x9fe \t\r\n", extra=["Content-Type: text/plain; charset=utf-8"]
    )
    assert desk.deliver(message.rstrip(b"\r\n"), ANA, BEN, sender=DESK).startswith("250")
    told, mime = arrived(emulator)
    assert sorted(told["recipients"]) == sorted([ANA, BEN])
    assert told["message_id"] == "<7@device>"
    assert mime.partition(b"\r\n\r\n")[2] == b"Gr\xc3\xbc\xc3\x9fe \t\r\n"
    assert b"Bcc" not in mime
    entry = Attempt.objects.get()
    assert (entry.result, entry.message_id) == (Result.ACCEPTED, "<7@device>")


def test_a_large_scan_arrives_whole(desk, emulator):
    scan = os.urandom(22_000_000)  # 30 MB in base64
    body = (
        b"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nYour scan\r\n"
        b"--b\r\nContent-Type: application/pdf; name=scan.pdf\r\n"
        b"Content-Disposition: attachment; filename=scan.pdf\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(scan).replace(b"\n", b"\r\n")
        + b"--b--"
    )
    message = letter(body=body, extra=["Content-Type: multipart/mixed; boundary=b"])
    assert desk.deliver(message, ANA, sender=DESK).startswith("250")
    row = Notification.objects.get()
    assert row.raw_files == [["scan.pdf", "application/pdf", len(scan)]]
    _told, mime = arrived(emulator)
    parts = list(message_from_bytes(mime).walk())
    (pdf,) = [part for part in parts if part.get_content_type() == "application/pdf"]
    found = hashlib.sha256(pdf.get_payload(decode=True)).hexdigest()
    assert found == hashlib.sha256(scan).hexdigest()
    assert "Re-composed" in Attempt.objects.get().note


def test_a_carried_message_can_be_sent_again(desk, emulator):
    desk.deliver(letter(), ANA, sender=DESK)
    drain(worker="w")
    again = outbox.resend(Attempt.objects.get(), initiator="megan")
    drain(worker="w")
    assert len(emulator.messages()) == 2
    assert again.original_message_id == "<7@device>"
    assert Notification.objects.filter(status=Status.ACCEPTED).count() == 2


def test_the_log_finds_the_id_that_the_device_gave(desk, emulator):
    desk.deliver(letter(), ANA, sender=DESK)
    desk.deliver(letter(), ANA, sender=DESK)
    drain(worker="w")
    found = Attempt.objects.filter(original_message_id="<7@device>").get()
    assert "7@device" in found.search.split()


def test_the_day_of_the_client_counts_recipients(desk, emulator):
    desk.deliver(letter(), ANA, BEN, sender=DESK)
    assert SmtpClient.objects.get().recipients_today == 2
