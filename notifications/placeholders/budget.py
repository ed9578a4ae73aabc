"""Limits on what a rendering may cost: steps, time and size."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from notifications.i18n import Sentence
from notifications.i18n import gettext_noop as _

# Each node, value and iteration is a step, and so are every 100 characters of them.
MOST_STEPS = 200_000
LONGEST_TIME = 2.0  # seconds
LARGEST = 1_000_000  # characters of a value, and of the whole output


class TooCostly(Exception):  # noqa: N818 - reads as what it is
    """The rendering would take too long or become too large."""


@dataclass(slots=True)
class Budget:
    """The budget of one rendering; `missing` collects the placeholders that had no value."""

    ends_at: float
    steps: int = MOST_STEPS
    missing: set[str] = field(default_factory=set)

    def pay(self, value: object, *, items: bool = False) -> None:
        size = len(value) if isinstance(value, str | list | dict) else 0
        self.steps -= 1 + (size if items else size // 100)
        if self.steps < 0 or size > LARGEST or time.monotonic() > self.ends_at:
            # The budget stays spent: a condition may swallow this exception, but the next step
            # stops again.
            self.steps = -1
            text = _("The template does too much: its loops or values are too large.")
            raise TooCostly(Sentence(text))


# The rendering that is under way pays from this budget.
current: ContextVar[Budget] = ContextVar("budget")


@contextmanager
def spending() -> Iterator[Budget]:
    """Give what happens inside a budget of its own."""
    budget = Budget(time.monotonic() + LONGEST_TIME)
    token = current.set(budget)
    try:
        yield budget
    finally:
        current.reset(token)
