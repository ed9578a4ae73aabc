"""No field of a message can begin a header or a part of its own."""

from email import message_from_bytes

import pytest

from notifications.message.addresses import Address
from notifications.message.checks import check_header, check_text
from notifications.message.compose import compose
from tests.corpus import differences
from tests.notifications.message.samples import a_file, a_message, parts_of

EVIL = "x\r\nBcc: eve@example.org\r\n\r\nbody"


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": EVIL},
        {"message_id": f"<{EVIL}>"},
        {"message_id": "no brackets"},
        {"from_": Address("a@b.c", EVIL)},
        {"to": (Address("a@b.c", EVIL),)},
        {"to": (Address(EVIL),)},
        {"to": (Address("a@b.c>, <eve@example.org"),)},
        {"cc": (Address("a@b.c", "x\nBcc: y"),)},
        {"reply_to": (Address("ä\u2028@b.c"),)},
        {"headers": (("X-A", EVIL),)},
        {"headers": (("X-A: 1\r\nBcc", "eve@example.org"),)},
        {"headers": (("References", "ü"),)},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_what_could_begin_another_header_is_refused(changes):
    with pytest.raises(ValueError, match=r"header|Message-ID|address"):
        compose(a_message(**changes))


@pytest.mark.parametrize("file", [a_file(EVIL), a_file(content_type=EVIL), a_file('"; x="y')])
def test_file_names_and_content_types_cannot_begin_another_header(file):
    message, _, part = message_from_bytes(compose(a_message(files=(file,))).mime).walk()
    assert message["Bcc"] is None
    assert set(part) == {"Content-Type", "Content-Transfer-Encoding", "Content-Disposition"}
    assert part.get_payload(decode=True) == b"content"


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("X-Ticket", "4711 ü", ""),
        ("List-Unsubscribe", "<https://contoso.com/u>", ""),
        ("Content-Language", "de", ""),
        ("Bcc", "eve@example.org", "Mail Connector sets the header"),
        ("Resent-Bcc", "eve@example.org", "Mail Connector sets the header"),
        ("Content-Type", "text/html", "Mail Connector sets the header"),
        ("X A", "1", "is not a header name"),
        ("X-Ä", "1", "is not a header name"),
        ("", "1", "is not a header name"),
        ("X-A", "1\r\nBcc: x", "line break"),
        ("X-A", "1\u2028Bcc: x", "line break"),
        ("X-A", "\ud800", "lone surrogate"),
        ("References", "<ü@x>", "ASCII"),
        ("References", f"<{'x' * 1000}@x>", "900"),
    ],
)
def test_a_header_is_checked_before_it_is_queued(name, value, problem):
    found = check_header(name, value)
    assert problem in found
    assert bool(found) == bool(problem)
    if not found:
        message = a_message(headers=((name, value),), text="x")
        assert differences(message, compose(message).mime) == []


def test_half_a_character_is_refused_with_its_place_and_harmless_in_compose():
    assert check_text("body", "ab\ud83d") == (
        "The body contains half a character (a lone surrogate) at position 3."
    )
    assert check_text("subject", "a\0") == "The subject contains a NUL character at position 2."
    assert check_text("body", "😀\r\n") == ""
    message = a_message(subject="s\ud83d", text="a\0b\udfff", html="<p>\ud800")
    text, html = parts_of(compose(message).mime)
    assert text.get_payload(decode=True).decode() == "a\ufffdb\ufffd\r\n"
    assert html.get_payload(decode=True).decode() == "<p>\ufffd\r\n"
