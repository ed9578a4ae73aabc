"""What the log has of the same subject to the same people within a day."""

from datetime import timedelta

import pytest

from notifications.log.alike import sent_alike
from notifications.models import Attempt
from notifications.models.notification import SENSITIVE_SUBJECT

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def entry(at, **values):
    defaults = {"result": "accepted", "subject": "Ticket 17: done", "recipients": "a@x.example"}
    number = Attempt.objects.count()
    return Attempt.objects.create(at=at, message_id=f"<{number}@x>", **defaults | values)


def found(now, *recipients, subject="Ticket 17: done", message_id="<mine>"):
    return sent_alike(subject, recipients or ("a@x.example",), at=now, message_id=message_id)


def test_the_same_to_the_same_within_a_day_newest_first(now):
    old, new = entry(now - 23 * HOUR), entry(now + 23 * HOUR)

    assert found(now) == [new, old]


@pytest.mark.parametrize(
    "values",
    [
        {"subject": "Ticket 17"},
        {"subject": "Ticket 17: done again"},
        {"recipients": "b@x.example"},
        {"recipients": "a@x.example.org"},
        {"recipients": "a@x.example.org", "from_address": "a@x.example"},
        {"result": "failed"},
        {"result": "deferred"},
    ],
)
def test_what_differs_is_not_alike(now, values):
    entry(now, **values)

    assert found(now) == []


@pytest.mark.parametrize("hours", [-25, 25])
def test_what_is_further_away_than_a_day_is_not_shown(now, hours):
    entry(now + hours * HOUR)

    assert found(now) == []


def test_the_message_itself_and_its_other_attempts_are_left_out(now):
    mine = entry(now)

    assert found(now, message_id=mine.message_id) == []


def test_names_and_case_are_no_difference(now):
    one = entry(now, recipients='"Doe, Jo" <A@X.example>, b@x.example')

    assert found(now, "Jo <a@x.EXAMPLE>") == [one]


def test_one_recipient_in_common_is_enough(now):
    one = entry(now, recipients="b@x.example, c@x.example")

    assert found(now, "a@x.example", "c@x.example") == [one]


@pytest.mark.parametrize("text", ["", "''", "100% & 'x' | y", "(", "😀"])
def test_any_subject_can_be_asked_for(now, text):
    one = entry(now, subject=text)

    assert found(now, subject=text) == [one]


def test_nothing_is_told_of_sensitive_messages(now):
    entry(now, subject=SENSITIVE_SUBJECT)

    assert found(now, subject=SENSITIVE_SUBJECT) == []
