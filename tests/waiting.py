"""Waiting for another process."""

import time
from collections.abc import Callable

# Seconds until a test gives up on what has to come. Only a test that fails waits so long, so it
# is long enough for a machine that is busy with something else on every core.
PATIENCE = 120
BETWEEN_LOOKS = 0.1  # seconds


def wait_until(
    condition: Callable[[], object],
    *,
    seconds: float = PATIENCE,
    between: float = BETWEEN_LOOKS,
) -> bool:
    """Look again and again; tell whether the condition came true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(between)  # leaves the cores to those that are waited for
    return False


def is_once_within(seconds: float, took: Callable[[], float]) -> bool:
    """Tell whether one of several tries took no longer than that. A busy machine may delay any
    single one, but something slow is slow each time."""
    return wait_until(lambda: took() <= seconds, between=0)
