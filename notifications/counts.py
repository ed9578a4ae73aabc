"""How many things there are, as people read it in their language: 1,200 or 1.200."""

from django.utils.formats import number_format


class Counted(int):
    """A number for a sentence: it chooses the plural, and `%(n)s` groups its digits."""

    def __str__(self) -> str:
        return number_format(int(self), force_grouping=True)
