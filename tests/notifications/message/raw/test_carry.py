"""A carried message: what stays as it came, and who gets it, whatever its header says."""

import io
from dataclasses import replace
from email import message_from_bytes
from email.utils import getaddresses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_emulator.mime import reading
from notifications.message.addresses import parse_address
from notifications.message.message import RawContent
from notifications.message.raw import carry as carrying
from notifications.message.raw.carry import LEFT_OUT, REENCODED, SENT_FROM, carry
from tests import factories

ANA, BEN, EVE = "ana@contoso.example", "ben@contoso.example", "eve@fabrikam.example"
DESK = "servicedesk@contoso.example"
BODY = b"Hello\r\n"


def carried(raw, *, to=(), cc=(), bcc=(), from_=DESK, message_id=None):
    content = RawContent(len(raw), lambda: io.BytesIO(raw))
    lists = {
        name: tuple(map(parse_address, some))
        for name, some in {"to": to, "cc": cc, "bcc": bcc}.items()
    }
    changes = {"message_id": message_id} if message_id else {}
    return carry(factories.message(raw=content, from_=parse_address(from_), **lists, **changes))


def recipients(mime):
    """Whom Exchange would deliver to."""
    found = reading.properties(mime)
    return {
        each["emailAddress"]["address"].lower()
        for name in reading.RECIPIENTS
        for each in found[name]
    }


def header(*lines, body=BODY):
    return b"".join(line.encode() + b"\r\n" for line in lines) + b"\r\n" + body


# Envelope and header: what is in To, Cc, and who is a recipient.
TABLE = [
    ((f"To: {ANA}",), [ANA], ""),
    ((f"To: {ANA}",), [ANA, BEN], ""),
    ((f"To: {ANA}, {BEN}",), [ANA], BEN),
    ((f"To: {ANA}", f"Cc: {BEN}"), [BEN], ANA),
    ((f"To: {ANA}", f"Cc: {BEN}"), [EVE], f"{ANA}, {BEN}"),
    ((f"To: {ANA}", f"Bcc: {BEN}"), [ANA], ""),
    ((f"To: {ANA}", f"Bcc: {BEN}"), [ANA, BEN], ""),
    (("To: undisclosed-recipients:;",), [ANA], ""),
    ((f'To: "Doe, Ana" <{ANA.upper()}>',), [ANA], ""),
    ((f"To: team: {ANA}, {BEN};",), [ANA], BEN),
    ((f"To: {ANA}", f"To: {BEN}"), [ANA], BEN),
    ((f"Subject: x\rBcc: {EVE}", f"Resent-Bcc: {EVE}", f"To : {BEN}"), [ANA], BEN),
]


@pytest.mark.parametrize(("lines", "envelope", "left_out"), TABLE)
def test_the_envelope_decides_who_gets_it(lines, envelope, left_out):
    composed = carried(header(f"From: {DESK}", *lines), bcc=envelope)
    assert recipients(composed.mime) == set(envelope)
    assert (LEFT_OUT % {"addresses": left_out} in composed.note) == bool(left_out)
    also = message_from_bytes(composed.mime).get(carrying.ALSO_TO, "")
    assert also == left_out


def test_nobody_left_in_to_is_said_in_the_usual_way():
    composed = carried(header(f"To: {ANA}"), bcc=[BEN])
    assert b"To: undisclosed-recipients:;" in composed.mime


PIECES = st.sampled_from(
    [
        "To: ", "Cc: ", "Bcc: ", "to:", "Resent-To: ", "X-A: ", "\r\n", "\r\n ", "\n", "\r",
        "\r\n\r\n", ANA, BEN, EVE, f"<{ANA}>", f"<{EVE}>", '"', "\\", "(", ")", ",", ";", ":",
        "<", ">", "@", " ", "=?utf-8?q?eve=40fabrikam.example?=", "team:", "\t", "x", "ä", "\0",
        "[", "]", ".",
    ]
)  # fmt: skip


@given(st.lists(PIECES, max_size=25).map("".join), st.sets(st.sampled_from([ANA, BEN]), min_size=1))
def test_recipients_are_the_envelope_for_any_header(text, envelope):
    raw = text.replace("\n", "\r\n").replace("\r\r\n", "\r\n").encode() + b"\r\n\r\nHello\r\n"
    composed = carried(raw, bcc=sorted(envelope))
    assert recipients(composed.mime) == envelope


NAMES = st.sampled_from(["Subject", "X-Ticket", "References", "MIME-Version", "X-Priority", "Date"])
VALUES = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=60)
BODIES = st.lists(
    st.binary(max_size=80).map(lambda line: line.translate(None, b"\r\n")), max_size=20
).map(lambda lines: b"".join(line + b"\r\n" for line in lines))


@given(st.lists(st.tuples(NAMES, VALUES), max_size=8), BODIES)
def test_what_is_handed_in_stays_byte_for_byte(fields, body):
    lines = [f"{name}: {value}" for name, value in fields]
    kind = ["Content-Type: application/octet-stream", "Content-Transfer-Encoding: 8bit"]
    raw = header(f"From: {DESK}", f"To: {ANA}", "Message-ID: <1@device>", *lines, *kind, body=body)
    composed = carried(raw, to=[ANA], message_id="<1@device>")
    assert composed.mime == raw
    assert composed.note == ""


def test_what_exchange_decides_is_taken_out():
    out = ["DKIM-Signature: v=1", f"Sender: {EVE}", f"Return-Path: <{EVE}>", f"Resent-To: {EVE}"]
    out += ["X-MS-Exchange-Organization-SCL: -1", f"Disposition-Notification-To: {EVE}"]
    composed = carried(header(f"From: {DESK}", f"To: {ANA}", *out, "X-Mine: 1"), to=[ANA])
    found = message_from_bytes(composed.mime)
    assert sorted(found.keys()) == ["From", "Message-ID", "To", "X-Mine"]


def test_a_sender_that_may_not_be_used_gets_the_answers():
    composed = carried(header(f"From: Scanner <{EVE}>", f"To: {ANA}"), to=[ANA])
    found = message_from_bytes(composed.mime)
    assert (found["From"], found["Reply-To"]) == (DESK, f"Scanner <{EVE}>")
    assert composed.note == SENT_FROM % {"former": f"Scanner <{EVE}>", "sender": DESK}


def test_answers_go_where_the_message_says():
    raw = header(f"From: {EVE}", f"To: {ANA}", f"Reply-To: {BEN}")
    assert message_from_bytes(carried(raw, to=[ANA]).mime)["Reply-To"] == BEN


@pytest.mark.parametrize("line", ["", f"From: {DESK}\r\nFrom: {EVE}", f"From: {EVE}, {DESK}"])
def test_there_is_one_sender(line):
    raw = header(*line.split("\r\n") if line else [], f"To: {ANA}")
    found = message_from_bytes(carried(raw, to=[ANA]).mime)
    assert [address for _name, address in getaddresses(found.get_all("From"))] == [DESK]


def test_an_id_that_was_used_before_is_named_in_a_header():
    composed = carried(
        header("Message-ID: <1@device>", f"To: {ANA}"), to=[ANA], message_id="<2@us>"
    )
    found = message_from_bytes(composed.mime)
    assert (found["Message-ID"], found[carrying.FORMER_ID]) == ("<2@us>", "<1@device>")


def test_a_message_without_any_header_is_a_body():
    found = message_from_bytes(carried(b"Hello Ana\r\nTo: eve\r\n", to=[ANA]).mime)
    assert found.get_payload() == "Hello Ana\r\nTo: eve\r\n"


def mixed(*parts):
    inside = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts)
    kind = f"To: {ANA}", f"From: {DESK}", "Content-Type: multipart/mixed; boundary=b"
    return header(*kind, body=b"preamble\r\n" + inside + b"--b--\r\n")


def test_a_part_with_lines_that_are_too_long_is_encoded_anew():
    long, short = b"x" * 3000, b"Content-Type: text/plain\r\n\r\nshort"
    raw = mixed(short, b"Content-Type: text/html; charset=utf-8\r\n\r\n" + long + b"\r\nend")
    composed = carried(raw, to=[ANA])
    assert max(map(len, composed.mime.split(b"\r\n"))) <= 998
    first, second = message_from_bytes(composed.mime).get_payload()
    assert first.as_bytes() == short.replace(b"\r\n", b"\n")
    assert second.get_payload(decode=True) == long + b"\r\nend"
    assert composed.note == REENCODED


@pytest.mark.parametrize(
    ("body", "charset"), [("Grüße".encode(), "utf-8"), (b"Gr\xfc\xdfe", "windows-1252")]
)
def test_text_without_a_character_set_gets_one(body, charset):
    composed = carried(header(f"From: {DESK}", f"To: {ANA}", body=body + b"\r\n"), to=[ANA])
    found = message_from_bytes(composed.mime)
    assert found.get_content_charset() == charset
    assert found.get_payload(decode=True) == body + b"\r\n"
    assert composed.note == REENCODED


def test_what_is_signed_stays_as_it_is():
    inside = (
        b"--b\r\nContent-Type: text/plain\r\n\r\n"
        + b"x" * 2000
        + b"\r\n--b\r\n\r\nsig\r\n--b--\r\n"
    )
    kind = 'Content-Type: multipart/signed; boundary=b; protocol="application/pkcs7-signature"'
    raw = header(kind, f"From: {DESK}", f"To: {ANA}", body=inside)
    composed = carried(raw, to=[ANA])
    assert composed.mime.endswith(inside)
    assert composed.note == ""


def test_an_invitation_keeps_its_method():
    part = b"Content-Type: text/calendar; method=REQUEST; charset=utf-8\r\n\r\nBEGIN:VCALENDAR\r\n"
    assert part in carried(mixed(part), to=[ANA]).mime


def test_a_message_is_not_changed_by_carrying_it_twice():
    raw = header(f"From: {EVE}", f"To: {ANA}, {BEN}", body=b"x" * 2000 + b"\r\n")
    once = carried(raw, to=[ANA])
    again = RawContent(len(once.mime), lambda: io.BytesIO(once.mime))
    message = factories.message(raw=again, to=(parse_address(ANA),))
    found = message_from_bytes(once.mime)
    twice = carry(replace(message, message_id=found["Message-ID"]))
    assert recipients(twice.mime) == {ANA}
    assert message_from_bytes(twice.mime).get_payload() == found.get_payload()
