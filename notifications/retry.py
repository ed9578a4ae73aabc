"""When a message is tried again. Pure: takes values, returns values."""

import random
from datetime import datetime, timedelta

FIRST_DELAY = timedelta(seconds=15)
LONGEST_DELAY = timedelta(hours=1)
# 15 s, 30 s, 1 min ... 1 h, 1 h: the last try is about a day after the first.
MOST_ATTEMPTS = 30
# The bounds of what we believe when Microsoft names a time to wait.
SHORTEST_REST = timedelta(seconds=1)
DEFAULT_REST = timedelta(seconds=30)
LONGEST_REST = timedelta(minutes=15)


def next_attempt(attempts: int, *, now: datetime) -> datetime | None:
    """When to try again after `attempts` failed ones; None when it is time to give up.

    Exponential with full jitter, so that what failed together does not come back together.
    """
    if attempts >= MOST_ATTEMPTS:
        return None
    doublings = max(0, attempts - 1)
    ceiling = min(FIRST_DELAY * (1 << doublings), LONGEST_DELAY)
    return now + FIRST_DELAY / 3 + random.random() * ceiling  # noqa: S311 - jitter, not a secret


def rest_until(retry_after: timedelta | None, *, now: datetime) -> datetime:
    """How long a throttled mailbox rests; absent and absurd values are bounded."""
    rest = DEFAULT_REST if retry_after is None else retry_after
    return now + min(max(rest, SHORTEST_REST), LONGEST_REST)
