"""The times at which a message, or a lost account, is tried again. Pure: takes values, returns
values."""

import random
from datetime import datetime, timedelta

FIRST_DELAY = timedelta(seconds=15)
LONGEST_DELAY = timedelta(hours=1)
# The delays are 15 s, 30 s, 1 min ... 1 h, 1 h: the last try is about a day after the first.
MOST_ATTEMPTS = 30
# Times that Microsoft names are believed only within these bounds.
SHORTEST_REST = timedelta(seconds=1)
DEFAULT_REST = timedelta(seconds=30)
LONGEST_REST = timedelta(minutes=15)
# After so many minutes a lost account is tried again, the last ones for ever.
RECOVERY = (1, 2, 5, 15, 30, 60)


def next_recovery(tries: int, *, now: datetime, is_slow: bool) -> datetime:
    """Return the time to try a lost account again after `tries` vain tries."""
    minutes = RECOVERY[-1] if is_slow else RECOVERY[min(tries, len(RECOVERY) - 1)]
    return now + timedelta(minutes=minutes)


def next_attempt(attempts: int, *, now: datetime) -> datetime | None:
    """Return the time to try again after `attempts` failed ones; None means to give up.

    The delay is exponential with full jitter, so that those that failed together come back apart.
    """
    if attempts >= MOST_ATTEMPTS:
        return None
    doublings = max(0, attempts - 1)
    ceiling = min(FIRST_DELAY * (1 << doublings), LONGEST_DELAY)
    return now + FIRST_DELAY / 3 + random.random() * ceiling  # noqa: S311 - jitter, not a secret


def rest_until(retry_after: timedelta | None, *, now: datetime) -> datetime:
    """Return the end of a throttled mailbox's rest; absent and absurd values are bounded."""
    rest = DEFAULT_REST if retry_after is None else retry_after
    return now + min(max(rest, SHORTEST_REST), LONGEST_REST)
