"""When messages are asked about. Pure, by figures."""

from datetime import UTC, datetime, timedelta

from notifications.log.watches import WATCHED, next_due

START = datetime(2026, 11, 28, 14, 20, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
POLL = 5 * MINUTE


def test_a_message_is_asked_about_after_5_and_15_minutes_and_then_at_full_hours():
    asked, now = [], START
    for _n in range(5):
        now = next_due(START, now=now)
        asked.append(now - START)
    assert asked[:2] == [5 * MINUTE, 15 * MINUTE]
    assert [START + each for each in asked[2:]] == [
        datetime(2026, 11, 28, hour, tzinfo=UTC) for hour in (16, 17, 18)
    ]


def test_each_next_time_is_later_than_now_and_never_more_than_two_hours_away():
    for minutes in range(0, int(WATCHED / MINUTE), 7):
        now = START + minutes * MINUTE
        assert now < next_due(START, now=now) <= now + 120 * MINUTE


def test_ten_thousand_messages_of_three_senders_cost_less_than_a_hundred_requests():
    """One request a poll brings all that a sender has open; a twentieth takes six hours."""
    accepted = [START + n * timedelta(hours=1) / 10_000 for n in range(10_000)]
    late = timedelta(hours=6)
    due = {n: at + POLL for n, at in enumerate(accepted)}
    requests, now = 0, START
    while due and now < START + timedelta(hours=9):
        now += POLL
        for sender in range(3):
            open_ = [n for n, at in due.items() if n % 3 == sender and at <= now]
            requests += bool(open_)
            for n in open_:
                is_late = n % 20 == 0
                if is_late and now < accepted[n] + late:
                    due[n] = next_due(accepted[n], now=now)
                else:
                    del due[n]
    assert not due
    assert requests <= 100
