"""How fast a mailbox may send."""

from datetime import UTC, datetime, timedelta

import pytest

from notifications.models import Attempt, MicrosoftAccount, Notification
from notifications.models.attempt import Result
from notifications.models.settings import SettingsValues
from notifications.queue.engine.pace import Pace
from tests.exchange_emulator.emulator import DESK

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def pace(*, level=4.0, minute=30, day=0, now=NOW):
    account = MicrosoftAccount(address=DESK, bucket_level=level, bucket_at=NOW)
    values = SettingsValues(messages_a_minute=minute, recipients_a_day=day)
    return Pace(account, values, now=now)


def row(recipients):
    return Notification(to=[f"u{i}@contoso.example" for i in range(recipients)])


def test_without_a_pace_any_number_may_leave():
    unlimited = pace(minute=0)
    unlimited.use(1)

    assert unlimited.allowance(now=NOW) is None
    assert unlimited.bucket.level == 4


def test_what_is_used_is_missing_until_the_bucket_is_filled_again():
    used = pace()
    for _ in range(4):
        used.use(1)

    assert used.allowance(now=NOW) == 0
    assert used.next_allowed_at() == NOW + timedelta(seconds=2)
    assert used.allowance(now=NOW + timedelta(seconds=4)) == 2


def test_a_message_after_a_rest_uses_a_full_bucket_and_not_the_old_one():
    rested = pace(level=0.0, now=NOW + timedelta(hours=1))
    rested.use(1)

    assert rested.bucket.level == 3


def test_a_message_that_was_not_begun_gives_its_turn_back_and_one_that_was_tried_does_not():
    used = pace()
    used.use(1)
    used.use(1)

    used.give_back(1, was_tried=True)
    assert used.allowance(now=NOW) == 2
    used.give_back(1, was_tried=False)
    assert used.allowance(now=NOW) == 3


@pytest.fixture
def three_were_sent(db):
    sent = {"account": DESK, "recipient_count": 3, "result": Result.ACCEPTED}
    Attempt.objects.create(at=NOW - timedelta(hours=23), **sent)
    Attempt.objects.create(at=NOW - timedelta(hours=25), **sent)


def test_a_large_message_keeps_no_small_one_from_leaving(three_were_sent):
    large, small, smaller = row(5), row(2), row(1)

    assert pace(day=6).fitting([large, small, smaller]) == [small, smaller]


def test_what_leaves_together_has_to_fit_together(three_were_sent):
    first, second = row(2), row(2)

    assert pace(day=6).fitting([first, second]) == [first]


@pytest.mark.parametrize("was_tried", [True, False])
def test_what_did_not_leave_uses_none_of_the_day(three_were_sent, was_tried):
    limited = pace(day=6)
    limited.use(3)
    assert limited.fitting([row(1)]) == []

    limited.give_back(3, was_tried=was_tried)

    assert len(limited.fitting([row(1)])) == 1


def test_there_is_room_a_day_after_what_was_sent(three_were_sent):
    assert pace(day=4).room_at(row(2), now=NOW) == NOW + timedelta(hours=1)
