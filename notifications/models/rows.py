"""What rows have in common: their numbers, and models that have only one row.

Django passes on to the database whatever was sent as a number. A database that is asked for one
that none of its rows can have answers with an error instead of finding nothing.
"""

from typing import Self, TypeVar

from django.db import models

LARGEST_ROW_NUMBER = 2**63 - 1  # what a BigAutoField takes
_DIGITS = len(str(LARGEST_ROW_NUMBER))
_Row = TypeVar("_Row", bound=models.Model)


def row_number(text: str) -> int | None:
    """The number that the text writes in ASCII digits; None where no row can have it."""
    if not text.isascii() or not text.isdecimal() or len(text) > _DIGITS:
        return None
    number = int(text)
    return number if number <= LARGEST_ROW_NUMBER else None


class SingletonQuerySet(models.QuerySet[_Row]):
    """The one row of a model; a constraint of the model keeps its primary key at 1."""

    def current(self) -> _Row:
        """The row. Until somebody has changed something it is one with the defaults, unsaved."""
        return self.filter(pk=1).first() or self.model(pk=1)

    def made(self) -> Self:
        """The row for an UPDATE; it is made with the defaults the first time."""
        self.get_or_create(pk=1)
        return self.filter(pk=1)
