import unicodedata
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.message.charsets import BY_NAME, COMMON, MORE, UTF_8, NotInCharacterSet

ALL = COMMON + MORE


def test_the_list_is_that_of_the_settings_page():
    assert COMMON[0] is UTF_8
    assert len(BY_NAME) == len(ALL) == 31
    assert len({charset.label for charset in ALL}) == len(ALL)


@pytest.mark.parametrize("charset", ALL, ids=lambda charset: charset.name)
@settings(max_examples=30)
@given(text=st.text(st.characters(exclude_categories=["Cs"])))
def test_what_a_set_can_write_is_read_back_the_same(charset, text):
    with suppress(NotInCharacterSet):
        written = charset.representable(text)
        assert written.encode(charset.codec).decode(charset.codec) == written


@pytest.mark.parametrize(
    ("name", "text", "missing"),
    [
        ("us-ascii", "aüé", "ü"),
        ("iso-8859-1", "5 €", "€"),
        ("shift_jis", "a¥", "¥"),
        ("euc-jp", "‾", "‾"),
        ("iso-2022-jp", "ｶ", "ｶ"),
        ("windows-1258", "李", "李"),
        # Python and Microsoft read the same octets as different characters.
        ("shift_jis", "あ¢", "¢"),
        ("iso-2022-jp", "10〜20", "〜"),
    ],
)
def test_the_first_character_that_is_missing_is_named(name, text, missing):
    with pytest.raises(NotInCharacterSet, match=missing):
        BY_NAME[name].representable(text)


@pytest.mark.parametrize("text", ["Tiếng Việt rất đẹp", "ở Ậ ỹ Ằ", "ABC é"])
def test_vietnamese_is_written_with_its_tone_marks_apart(text):
    written = BY_NAME["windows-1258"].representable(text)
    assert unicodedata.normalize("NFC", written) == text
