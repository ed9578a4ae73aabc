"""What is found in a message that was handed in, by one pass over its stream."""

import io
from email import message_from_bytes
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.message.addresses import parse_address
from notifications.message.compose import compose
from notifications.message.message import RawContent
from notifications.message.raw import reader
from notifications.message.raw.reader import UnreadableMessage, content, contents, read, text_of
from notifications.message.raw.taken_apart import COMPOSED_ANEW, take_apart
from tests import factories
from tests.corpus import MESSAGES


def part_content(raw, part):
    return b"".join(content(io.BytesIO(raw), part))


def pythons_leaves(message):
    if not message.is_multipart() or message.get_content_maintype() == "message":
        return [message]
    return [leaf for part in message.get_payload() for leaf in pythons_leaves(part)]


@pytest.mark.parametrize(("name", "message"), MESSAGES, ids=[name for name, _ in MESSAGES])
def test_parts_are_those_that_python_finds(name, message):
    raw = compose(message).mime
    theirs = pythons_leaves(message_from_bytes(raw))
    ours = read(io.BytesIO(raw)).leaves()
    assert [each.content_type for each in ours] == [each.get_content_type() for each in theirs]
    for part, other in zip(ours, theirs, strict=True):
        assert part_content(raw, part) == other.get_payload(decode=True)


def with_file(data, *, sealed=False):
    whole = MIMEMultipart("signed" if sealed else "mixed", boundary="b")
    whole["From"], whole["To"] = "Scanner <scan@device>", "ana@contoso.example"
    whole["Subject"], whole["X-Device"] = "=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "7"
    both = MIMEMultipart("alternative", boundary="a")
    both.attach(MIMEText("Grüße", "plain", "utf-8"))
    both.attach(MIMEText("<p>Grüße</p>", "html", "iso-8859-1"))
    whole.attach(both)
    scan = MIMEApplication(data, "pdf")
    scan.add_header("Content-Disposition", "attachment", filename="scan ü.pdf")
    whole.attach(scan)
    return whole.as_bytes(policy=SMTP)


@given(st.binary(max_size=400_000))
def test_a_file_comes_out_as_it_was_put_in(data):
    raw = with_file(data)
    found = contents(read(io.BytesIO(raw)))
    (scan,) = found.files
    assert part_content(raw, scan) == data
    assert scan.file_name == "scan ü.pdf"
    assert text_of(io.BytesIO(raw), found.text, most=100).strip() == "Grüße"
    assert text_of(io.BytesIO(raw), found.html, most=100).strip() == "<p>Grüße</p>"


def test_signed_mail_is_known_as_sealed():
    assert read(io.BytesIO(with_file(b"x", sealed=True))).is_sealed
    assert not read(io.BytesIO(with_file(b"x"))).is_sealed


def test_a_taken_apart_message_is_the_same_for_its_reader():
    data = bytes(range(256)) * 1000
    raw = with_file(data)
    carried = factories.message(
        raw=RawContent(len(raw), lambda: io.BytesIO(raw)),
        subject="Grüße",
        to=(parse_address("ana@contoso.example"),),
    )
    message, note = take_apart(carried)
    assert (message.text.strip(), message.html.strip()) == ("Grüße", "<p>Grüße</p>")
    (scan,) = message.files
    assert (scan.name, scan.size, scan.read()) == ("scan ü.pdf", len(data), data)
    assert ("X-Device", "7") in message.headers
    assert COMPOSED_ANEW in note
    compose(message)


@pytest.mark.parametrize(
    "raw",
    [
        b"X: " + b"x" * 300_000 + b"\r\n\r\n",
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\n" * 1001,
    ],
)
def test_what_is_made_to_be_a_burden_is_no_message(raw):
    with pytest.raises(UnreadableMessage):
        read(io.BytesIO(raw))


def test_parts_within_parts_end_somewhere():
    raw = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(200)
    )
    depth, part = 0, read(io.BytesIO(raw))
    while part.parts:
        depth, part = depth + 1, part.parts[0]
    assert depth <= reader.DEEPEST


@given(st.binary(max_size=2000))
def test_any_octets_can_be_read(raw):
    kind = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
    for whole in (raw, kind + raw):
        part = read(io.BytesIO(whole))
        assert part.end == len(whole)
        for leaf in part.leaves():
            part_content(whole, leaf)
