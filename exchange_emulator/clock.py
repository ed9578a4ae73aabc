"""Keep the emulator's own time, which a test may move forward instead of waiting."""

import time
from datetime import UTC, datetime


class Clock:
    """Tell the time in seconds since the epoch, plus the seconds that a test added."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def now(self) -> float:
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        self._ahead += seconds

    def reset(self) -> None:
        self._ahead = 0.0


def iso(at: float) -> str:
    """Write a time as Graph's DateTimeOffset does: UTC, whole seconds, `Z`."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
