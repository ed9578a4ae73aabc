from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications import retry

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@given(st.integers(0, retry.MOST_ATTEMPTS - 1))
def test_a_try_follows_between_five_seconds_and_about_an_hour_later(attempts):
    delay = retry.next_attempt(attempts, now=NOW) - NOW
    ceiling = min(retry.FIRST_DELAY * 2 ** max(0, attempts - 1), retry.LONGEST_DELAY)
    assert timedelta(seconds=5) <= delay <= ceiling + timedelta(seconds=5)


def test_delays_differ_so_that_what_failed_together_does_not_come_back_together():
    assert len({retry.next_attempt(5, now=NOW) for _ in range(20)}) > 10


def test_at_some_point_it_gives_up():
    assert retry.next_attempt(retry.MOST_ATTEMPTS, now=NOW) is None
    assert retry.next_attempt(10**9, now=NOW) is None


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [(None, 30), (7, 7), (2.128, 2.128), (0, 1), (-60, 1), (900, 900), (10**6, 900)],
)
def test_a_mailbox_rests_as_long_as_microsoft_asks_within_reason(asked, seconds):
    asked = None if asked is None else timedelta(seconds=asked)
    assert retry.rest_until(asked, now=NOW) == NOW + timedelta(seconds=seconds)
