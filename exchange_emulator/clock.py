"""The emulator's own time, which a test may move forward instead of waiting."""

import time
from datetime import UTC, datetime


class Clock:
    """Seconds since the epoch, plus what the control interface added."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def now(self) -> float:
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        self._ahead += seconds

    def reset(self) -> None:
        self._ahead = 0.0


def iso(at: float) -> str:
    """Graph's DateTimeOffset: UTC, whole seconds, `Z`."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
