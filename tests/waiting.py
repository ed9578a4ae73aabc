"""Waiting for something that another process does."""

import time
from collections.abc import Callable

BETWEEN_LOOKS = 0.1  # seconds


def wait_until(
    condition: Callable[[], object], *, seconds: float, between: float = BETWEEN_LOOKS
) -> bool:
    """Look again and again; whether it came true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(between)  # leaves the cores to those that are waited for
    return False
