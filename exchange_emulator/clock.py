"""Keep the emulator's own time, which a test may move instead of waiting."""

import time
from datetime import UTC, datetime

LAST = datetime(3000, 1, 1, tzinfo=UTC).timestamp()


class Clock:
    """Tell the time in seconds since the epoch, plus the seconds that a test added or took."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def now(self) -> float:
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        """Move on, or back by a negative number; raise ValueError for a time past all dates."""
        if not 0 <= self.now() + seconds <= LAST:
            raise ValueError("the clock would leave the years 1970 to 3000")
        self._ahead += seconds

    def reset(self) -> None:
        self._ahead = 0.0


def iso(at: float) -> str:
    """Write a time as Graph's DateTimeOffset does: UTC, whole seconds, `Z`."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
