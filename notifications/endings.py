"""What ends on a day: how urgent that is, and how people are told of it. Days are 0 on the last day
and negative after it."""

from collections.abc import Collection

# The stage after the end; the others are the days before it at which people are told (again).
PAST = 0
# From here on it is urgent.
SOON = 7


def stage(days: int | None, stages: Collection[int]) -> int | None:
    """The smallest of the stages that was reached, PAST after the end, None before the first and
    where no end is known."""
    if days is None:
        return None
    if days < 0:
        return PAST
    return min((each for each in stages if days <= each), default=None)


def in_words(days: int, *, past: str, today: str, later: str) -> str:
    """Choose the sentence; `later` has a place for `%(days)d`."""
    if days < 0:
        return past
    return today if days == 0 else later % {"days": days}
