from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from notifications.models.bucket import CAPACITY, Bucket, available, next_token

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def seconds(number):
    return timedelta(seconds=number)


def test_a_full_bucket_lets_a_burst_out_and_no_more():
    bucket = Bucket(CAPACITY, NOW)
    assert available(bucket) == 4
    assert available(bucket.take(4)) == 0
    assert available(bucket.refilled(per_minute=30, now=NOW + timedelta(hours=1))) == 4


def test_at_30_a_minute_one_leaves_every_two_seconds():
    bucket = Bucket(0, NOW)
    assert next_token(bucket, per_minute=30) == NOW + seconds(2)
    assert available(bucket.refilled(per_minute=30, now=NOW + seconds(1.9))) == 0
    assert available(bucket.refilled(per_minute=30, now=NOW + seconds(2))) == 1


def test_a_bucket_with_a_token_waits_for_nothing():
    assert next_token(Bucket(1, NOW), per_minute=30) == NOW


def test_a_clock_that_goes_back_adds_nothing_takes_nothing_and_stops_nothing():
    back = Bucket(0.5, NOW).refilled(per_minute=30, now=NOW - timedelta(hours=1))
    assert back == Bucket(0.5, NOW - timedelta(hours=1))
    assert next_token(back, per_minute=30) == back.at + seconds(1)


def test_tests_may_overdraw_the_bucket_and_the_queue_then_waits_longer():
    bucket = Bucket(0, NOW).take(1)
    assert available(bucket) == 0
    assert next_token(bucket, per_minute=30) == NOW + seconds(4)


@given(steps=st.lists(st.floats(0, 30), max_size=40), per_minute=st.integers(1, 1000))
def test_no_more_leave_than_the_pace_and_one_burst(steps, per_minute):
    bucket, sent = Bucket(CAPACITY, NOW), 0
    for step in steps:
        bucket = bucket.refilled(per_minute=per_minute, now=bucket.at + seconds(step))
        taken = available(bucket)
        bucket, sent = bucket.take(taken), sent + taken
    passed = (bucket.at - NOW).total_seconds()
    assert sent <= CAPACITY + passed * per_minute / 60 + 0.001
    assert 0 <= bucket.level <= CAPACITY
