"""What is stored of a file can be sent, whatever was said about it."""

import io
from email import message_from_bytes

import pytest

from notifications.attachments import storage
from notifications.message.compose import compose
from notifications.message.message import File
from tests.notifications.message.samples import a_message


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("image/png", "image/png"),
        ("IMAGE/PNG", "image/png"),
        ("application/x_y", "application/x_y"),
        ("message/rfc822", "message/rfc822"),
        ("", "text/plain"),
        ("text/plain; charset=utf-8", "text/plain; charset=utf-8"),
        ("-/-", "text/plain"),
        ("é/x", "text/plain"),
    ],
)
def test_a_wrong_content_type_is_guessed_from_the_name(given, stored):
    assert storage.store("a.txt", io.BytesIO(b"x"), given, "").content_type == stored


@pytest.mark.parametrize(
    ("name", "content_type", "stored"),
    [
        ("invite", "text/calendar; method=REQUEST", "invite.ics"),
        ("", "image/png", "attachment.png"),
        ("scan", "application/pdf", "scan.pdf"),
        ("note", "text/plain; charset=utf-8", "note.txt"),
        ("forwarded", "message/rfc822", "forwarded.eml"),
        ("report.v2", "application/pdf", "report.v2"),
        ("data", "application/octet-stream", "data"),
        ("data", "", "data"),
        ("data", "x/unknown", "data"),
        (".env", "text/plain", ".env"),
    ],
)
def test_a_name_without_an_extension_gets_that_of_its_type(name, content_type, stored):
    assert storage.store(name, io.BytesIO(b"x"), content_type, "").name == stored


@pytest.mark.parametrize(
    ("name", "stored"),
    [("invite.ics", "text/calendar"), ("a.PNG", "image/png"), ("a", "application/octet-stream")],
)
def test_a_file_without_a_type_gets_that_of_its_name(name, stored):
    assert storage.store(name, io.BytesIO(b"x"), "", "").content_type == stored


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("logo", "logo"),
        (" <lo go>\r\n", "lo go"),
        ('a"b', 'a"b'),
        ("bild-ä", "bild-ä"),
        ("gpj\u202e\x85\ud800", "gpj"),
        ("\ud800", ""),
        ("x" * 201, "x" * 200),
        ("😀" * 200, "😀" * 200),
    ],
)
def test_a_stored_content_id_is_one_that_a_message_can_have(given, stored):
    kept = storage.store("a.png", io.BytesIO(b"x"), "image/png", given)

    assert kept.content_id == stored
    file = File(kept.name, kept.content_type, 1, lambda: io.BytesIO(b"x"), kept.content_id)
    mime = compose(a_message(html=f"<img src='cid:{stored}'>", files=(file,))).mime
    assert any(part["Content-ID"] for part in message_from_bytes(mime).walk()) == bool(stored)
