"""Reports that were made to do harm: reading them never raises, and takes no long time."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.backends.reports import fields, mime
from notifications.backends.reports.fields import MOST_BLOCKS
from notifications.backends.reports.read import read
from notifications.backends.reports.report import LONGEST_ADDRESS, DeliveryReport

from .no_reports import NO_REPORTS
from .samples import NOT_FOUND, ORIGINAL, POSTFIX, exchange

_BLOCK = "Final-Recipient: rfc822;n{}@fabrikam.example\nAction: failed\nStatus: 5.1.1\n"
_NESTED = b"Content-Type: multipart/report; boundary=b\n\n--b\n"
_NESTED_TOO_DEEP = "From: postmaster@a.example\n" + "".join(
    f"Content-Type: multipart/report; boundary=b{n}\n\n--b{n}\n" for n in range(200)
)
_NAMES = "".join(f"x{n}: \n" for n in range(100_000))

HOSTILE = {
    "invalid UTF-8": exchange(NOT_FOUND).replace(b"RESOLVER", b"\xff\xfe\xc3("),
    "NUL": exchange(NOT_FOUND.replace("5.1.10", "5.1.10\0\0")),
    "100,000 blocks": exchange(*[_BLOCK.format(n) for n in range(100_000)]),
    "10 MB": exchange(NOT_FOUND) + b"x" * 10_000_000,
    "a field of 5 MB": exchange("Final-Recipient: rfc822;" + "a" * 5_000_000 + "@b.example"),
    "a line that never ends": exchange("Diagnostic-Code: smtp;" + " 5.1.1" * 200_000),
    "nested": _NESTED * 5_000,
    "messages within messages": b"Content-Type: multipart/report; boundary=b\n\n--b\n"
    + b"Content-Type: message/rfc822\n\n" * 20_000,
    "boundaries": exchange(NOT_FOUND) + b"\n--b1" * 100_000,
    "odd character set": exchange(NOT_FOUND, subject="=?x-none?B?////?= =?utf-8?B?!?="),
    "headers": b"From: postmaster@a.example\n" + b"References: <a@b.example>\n" * 100_000
    + exchange(NOT_FOUND),
    "parameters": b"From: postmaster@a.example\nContent-Type: multipart/report" + b";" * 900_000,
    "quotes": b"From: postmaster@a.example\nContent-Type: multipart/report" + b';"' * 450_000,
    "carriage returns": exchange(NOT_FOUND + "\r" * 900_000),
    "empty lines": exchange("\n" * 900_000 + NOT_FOUND),
    "a name without its colon": exchange(
        ("Final-Recipient: rfc822;" + "a" * 3990 + "\nX-Actual-Recipient: " + "a" * 3990) + "\n\n"
    ) * 100,
    "an address that never comes": exchange(
        "\n".join(["Final-Recipient: rfc822;" + "a" * 3900 + "@\nAction: failed"] * 200)
    ),
    "many parts": exchange(NOT_FOUND) + b"\n--b1\nContent-Type: message/rfc822\n\na: b\n" * 20_000,
    "many addresses in the text": b"From: postmaster@a.example\n\n" + b"a@b.example\n" * 70_000,
    "names of fields": exchange("Status: 5.1.1\n" + _NAMES),
    "names of fields behind an address": exchange(NOT_FOUND.strip() + "\n" + _NAMES),
    "names of fields in many parts": exchange("Status: 5.1.1\n" + _NAMES[:500_000]).replace(
        b"\n--b1--", b"\n--b1\nContent-Type: message/delivery-status\n\na: b\n" * 9000
    ),
    "many lines in many parts": _NESTED_TOO_DEEP.encode() + b"\n" * 900_000,
    "encoded words that never end": exchange(
        NOT_FOUND, returned="\n\nMessage-ID: " + "=?a?q?a" * 100_000
    ),
    "directions": exchange(NOT_FOUND.replace("not found", "\u202egnp.exe\u2066")),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_report_is_read_in_bounded_time_or_is_none(name):
    began = time.process_time()
    found = read(HOSTILE[name])
    assert time.process_time() - began < 10
    assert found is None or len(found.recipients) <= MOST_BLOCKS
    _check(found)


def test_of_a_block_the_fields_that_are_read_are_kept_and_no_others():
    """There may be any number of them, and each next one is compared with those before."""
    of_message, found = fields.blocks(f"{_NAMES}{NOT_FOUND.strip()}\n{_NAMES}")
    known = {"final-recipient", "action", "status", "diagnostic-code"}
    assert [set(of_message), *map(set, found)] == [known, known]


def test_parts_within_parts_are_read_to_a_depth_that_no_server_writes():
    """Each line is compared with the boundaries of all the parts that it stands in."""
    part, depth = mime.parse(_NESTED_TOO_DEEP.encode()), 0
    while part.is_multipart():
        (part,), depth = part.get_payload(), depth + 1
    assert depth == 10


@pytest.mark.parametrize("word", ["=?utf-7?q?+2AA-?=", "=?utf-8?q?=00?=", "=?utf-8?q?=0D=0A?="])
@pytest.mark.parametrize("kind", ["text/plain", "text/rfc822-headers"])
def test_what_is_decoded_in_a_message_id_of_a_text_is_made_one_line(word, kind):
    returned = f"\nMessage-ID: <a{word}b@contoso.example>"
    raw = exchange(NOT_FOUND, returned=returned).replace(b"message/rfc822", kind.encode())
    found = read(raw)
    assert found.recipients
    _check(found)


def _check(found: DeliveryReport | None) -> None:
    """Everything is one printable line, as a database and a page take it."""
    if found is None:
        return
    texts = [found.server, found.own_id, *found.message_ids, *(v for _n, v in found.headers)]
    for each in found.recipients:
        texts += [*each.addresses, each.code, each.text]
        assert each.addresses
        assert len(each.code) <= 20
        assert all(len(address) <= LONGEST_ADDRESS for address in each.addresses)
    assert found.sent_at is None or found.sent_at.year >= 1970
    for text in texts:
        assert "\0" not in text
        assert len(text) <= 2000
        assert text.isprintable()
        text.encode()


_BASES = [exchange(NOT_FOUND), POSTFIX, *NO_REPORTS.values()]


@given(base=st.sampled_from(_BASES), at=st.integers(0, 3000), junk=st.binary(max_size=40),
       cut=st.integers(0, 200))  # fmt: skip
def test_a_report_that_is_damaged_anywhere_never_raises(base, at, junk, cut):
    _check(read(base[:at] + junk + base[at + cut :]))


@given(st.binary(max_size=400))
def test_any_bytes_within_a_report_never_raise(junk):
    raw = exchange("HERE").replace(b"HERE", junk)
    found = read(raw)
    _check(found)
    assert found is None or found.message_ids


_ODD = st.one_of(
    st.text(max_size=40),
    st.builds(
        lambda letter, n: letter * n + "@" + letter * n, st.characters(), st.integers(1, 400)
    ),
    st.builds("=?utf-7?q?+{}-?=@x".format, st.text("2AADgwv", max_size=8)),
    st.builds("1 Jan {} 00:00:00 {:+05}".format, st.integers(0, 9999), st.integers(-9999, 9999)),
)
_WITH_PLACES = "".join(
    f"\nFinal-Recipient: rfc822;{name}\nAction: failed\nStatus: {name}\n"
    f"Diagnostic-Code: smtp;550 {name}\nRemote-MTA: dns;{name}\n"
    for name in ("ONE", "TWO")
)


@given(st.lists(_ODD, min_size=3, max_size=3), st.booleans())
def test_any_values_of_a_report_are_storable(odd, has_status):
    returned = f"Message-ID: <{odd[2]}>"
    raw = exchange(_WITH_PLACES if has_status else "", human="", returned=returned)
    raw = raw.replace(b"Sat, 28 Nov 2026 14:02:11 +0000", b"THREE")
    raw = raw.replace(b"\nSubject:", b"\nX-Failed-Recipients: ONE, TWO\nSubject:")
    for place, value in zip((b"ONE", b"TWO", b"THREE"), odd, strict=True):
        raw = raw.replace(place, value.encode(errors="replace"))
    _check(read(raw))


@given(
    st.lists(
        st.tuples(
            st.from_regex(r"[a-z][a-z0-9.+-]{0,20}[a-z]@[a-z]{1,10}\.example", fullmatch=True),
            st.sampled_from(["failed", "delayed", "delivered", "relayed", "expanded"]),
            st.tuples(st.sampled_from("245"), st.integers(0, 99), st.integers(0, 999)),
        ),
        min_size=1,
        max_size=20,
        unique_by=lambda each: each[0],
    ),
    st.booleans(),
)
def test_what_was_written_comes_back(recipients, with_crlf):
    blocks = [
        f"Final-Recipient: rfc822;{address}\nAction: {action}\n"
        f"Status: {code[0]}.{code[1] or 1}.{code[2]}"
        for address, action, code in recipients
    ]
    raw = exchange(*blocks)
    found = read(raw.replace(b"\n", b"\r\n") if with_crlf else raw)
    assert found is not None
    assert [(each.addresses[-1], each.action, each.code) for each in found.recipients] == [
        (address, action, f"{code[0]}.{code[1] or 1}.{code[2]}")
        for address, action, code in recipients
    ]
    assert found.message_ids == (ORIGINAL,)
