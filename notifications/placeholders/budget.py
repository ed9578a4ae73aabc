"""What a rendering may cost: steps, time and size."""

import time
from contextvars import ContextVar
from dataclasses import dataclass, field

from notifications.i18n import Sentence
from notifications.i18n import gettext_noop as _

# One for each node, value and iteration, one more for every 100 characters of them.
MOST_STEPS = 200_000
LONGEST_TIME = 2.0  # seconds
LARGEST = 1_000_000  # characters of a value, and of the whole output


class TooCostly(Exception):  # noqa: N818 - reads as what it is
    """A rendering that would take too long or become too large."""


@dataclass(slots=True)
class Budget:
    """Of one rendering. `missing` collects the placeholders that had no value."""

    ends_at: float
    steps: int = MOST_STEPS
    missing: set[str] = field(default_factory=set)

    def pay(self, value: object, *, items: bool = False) -> None:
        size = len(value) if isinstance(value, str | list | dict) else 0
        self.steps -= 1 + (size if items else size // 100)
        if self.steps < 0 or size > LARGEST or time.monotonic() > self.ends_at:
            # It stays spent: conditions swallow exceptions, the next step stops again.
            self.steps = -1
            text = _("The template does too much: its loops or values are too large.")
            raise TooCostly(Sentence(text))


# Of the rendering that is under way
current: ContextVar[Budget] = ContextVar("budget")
