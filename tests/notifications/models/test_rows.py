"""What somebody sent as the number of a row."""

import pytest

from notifications.models.rows import LARGEST_ROW_NUMBER, row_number


@pytest.mark.parametrize("number", [0, 1, 42, LARGEST_ROW_NUMBER])
def test_digits_are_a_row_number(number):
    assert row_number(str(number)) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        " 1",
        "1 ",
        "-1",
        "+1",
        "1.0",
        "1_000",
        "x",
        "٣",
        "²",
        str(LARGEST_ROW_NUMBER + 1),
        "9" * 5000,
    ],
)
def test_what_no_row_can_have_is_none(text):
    assert row_number(text) is None
