"""What is kept of a content type, and what goes into the header of a file."""

import re
from email import message_from_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.message.compose import compose
from notifications.message.content_types import clean_content_type
from notifications.message.mime_parts import clean_content_id
from tests.notifications.message.growth import is_linear
from tests.notifications.message.samples import a_file, a_message


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (
            "text/calendar; method=REQUEST; charset=UTF-8",
            "text/calendar; method=REQUEST; charset=UTF-8",
        ),
        ('Text/Plain;Charset="iso-8859-1"', "text/plain; charset=iso-8859-1"),
        ('text/plain; format=flowed; title="a; b"', 'text/plain; format=flowed; title="a; b"'),
        ('text/plain; title="a \\"b\\" \\\\c"', 'text/plain; title="a \\"b\\" \\\\c"'),
        ("text/plain; a=ü; charset=utf-8", "text/plain; charset=utf-8"),
        ('text/plain; a="x\r\nBcc: e"; charset=utf-8', "text/plain; charset=utf-8"),
        ("text/plain; ü=a; a(b)=c; x=y", "text/plain; x=y"),
        ("text/plain; name=a.txt; boundary=x; x=y", "text/plain; x=y"),
        ("text/plain; charset=a; charset=b", "text/plain; charset=a"),
        ("text/plain; a=" + "b" * 500 + "; x=y", "text/plain; x=y"),
        ("text/plain;", "text/plain"),
        ("text/plain; nonsense", "text/plain"),
        ('text/plain; a="never closed', "text/plain"),
        ("plain", ""),
        ("é/x; a=b", ""),
        ("", ""),
    ],
)
def test_a_parameter_that_cannot_be_used_loses_only_itself(given, kept):
    assert clean_content_type(given) == kept


@given(st.text() | st.text(st.sampled_from('a/=;" \\\r\n-ü')).map("text/plain;{}".format))
def test_whatever_it_is_it_stays_and_can_stand_in_a_header(given):
    kept = clean_content_type(given)

    assert clean_content_type(kept) == kept
    assert not kept or re.fullmatch(r"[ -~]{3,200}", kept)
    mime = compose(a_message(text="x", files=(a_file(content_type=given),))).mime
    _message, _text, file = message_from_bytes(mime).walk()
    assert set(file) == {"Content-Type", "Content-Transfer-Encoding", "Content-Disposition"}


def test_parameters_arrive():
    file = a_file("invite.ics", content_type="text/calendar; method=REQUEST; charset=utf-8")
    *_, part = message_from_bytes(compose(a_message(text="x", files=(file,))).mime).walk()

    assert (part.get_content_type(), part.get_param("method"), part.get_param("name")) == (
        "text/calendar",
        "REQUEST",
        "invite.ics",
    )


@pytest.mark.parametrize("piece", [" ", ";", "a=b;", '"', "a =", "\\"])
@pytest.mark.parametrize("begin", ["text/plain; a=", 'text/plain; a="', "text/plain;"])
def test_its_time_grows_with_the_length_only(begin, piece):
    assert is_linear(lambda text: clean_content_type(f'{begin}{text}"'), piece)


@pytest.mark.parametrize("piece", [" ", "<", "a ", "> "])
def test_the_time_of_an_id_grows_with_its_length_only(piece):
    assert is_linear(lambda text: clean_content_id(f"a{text}a"), piece)
