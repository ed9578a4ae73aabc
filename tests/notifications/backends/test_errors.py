"""What other systems said, cleaned and cut where it comes in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.backends.errors import Answer, AuthError

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("ErrorSendAsDenied", "ErrorSendAsDenied"),
        ("C" * 101, "C" * 100),
        ("x\ud800", "x\ufffd"),
        ("a\0b", "a\ufffdb"),
        ("Evil\n13:00:00 FAKE CRITICAL\x1b[31m", "Evil 13:00:00 FAKE CRITICAL\ufffd[31m"),
        ("a\r\n\t\u2028\x85b", "a     b"),
        ("\u202eecalper", "\ufffdecalper"),
        ("Schlüssel 😀", "Schlüssel 😀"),
        (17, "17"),
        (None, ""),
        (True, ""),
        (["a"], ""),
        ({"code": "a"}, ""),
        (b"a", ""),
    ],
)
def test_each_text_of_an_answer_is_one_line_that_fits_its_column(said, kept):
    answer = Answer(status=400, code=said, message=said, request_id=said, client_request_id=said)

    assert (answer.code, answer.request_id, answer.client_request_id) == (kept, kept, kept)
    assert answer.message[:100] == kept


def test_a_message_is_bounded():
    assert len(Answer(message="m" * 100_000).message) == 2000


@pytest.mark.parametrize("status", ["400", None, -1, 100_000, [], 4.5])
def test_a_status_that_is_none_is_no_answer(status):
    assert Answer(status=status).status == 0


@given(ANYTHING, ANYTHING)
def test_whatever_is_said_can_be_stored_and_logged(code, message):
    answer = Answer(status=400, code=code, message=message, request_id=code)

    for text, longest in ((answer.code, 100), (answer.message, 2000), (answer.request_id, 100)):
        assert len(text) <= longest
        assert text.isprintable()
        assert text.encode().decode() == text


@pytest.mark.parametrize(("status", "is_of_token"), [(401, True), (403, False), (400, False)])
def test_a_refused_token_is_told_from_a_lost_sign_in(status, is_of_token):
    assert AuthError(Answer(status=status)).is_of_token is is_of_token
