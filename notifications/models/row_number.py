"""A row's number, as somebody sent it.

Django passes on to the database whatever was sent. A database that is asked for a number that
none of its rows can have answers with an error instead of finding nothing.
"""

LARGEST_ROW_NUMBER = 2**63 - 1  # what a BigAutoField takes
_DIGITS = len(str(LARGEST_ROW_NUMBER))


def row_number(text: str) -> int | None:
    """The number that the text writes in ASCII digits; None where no row can have it."""
    if not text.isascii() or not text.isdecimal() or len(text) > _DIGITS:
        return None
    number = int(text)
    return number if number <= LARGEST_ROW_NUMBER else None
