"""The alarms of delivery results."""

from datetime import timedelta

import pytest

from notifications.models import Attempt, Bounce, DeliveryPoll, EmailSettings
from notifications.models.attempt import Result
from tests.notifications.alarms.steps import NOW, watch

pytestmark = pytest.mark.django_db


@pytest.fixture
def asking(healthy):
    EmailSettings.objects.current()
    EmailSettings.objects.update(trace=True)


def send(count, *, bounced):
    for n in range(count):
        entry = Attempt.objects.create(at=NOW, result=Result.ACCEPTED, message_id=f"<{n}@x>")
        if n < bounced:
            Bounce.objects.create(at=NOW, address=f"n{n}@fabrikam.example", entry=entry)


@pytest.mark.parametrize(("count", "bounced"), [(100, 10), (9, 9)])
def test_few_bounces_are_no_alarm(asking, count, bounced):
    send(count, bounced=bounced)
    assert "bounces" not in watch()


def test_bounces_over_a_tenth_in_an_hour_are_an_alarm_which_ends_by_itself(asking):
    send(100, bounced=11)
    assert "bounces" in watch()
    assert "bounces" not in watch(NOW + timedelta(hours=1, minutes=1))


def test_one_message_to_many_dead_addresses_is_one(asking):
    send(50, bounced=0)
    entry = Attempt.objects.first()
    for n in range(30):
        Bounce.objects.create(at=NOW, address=f"n{n}@fabrikam.example", entry=entry)
    assert "bounces" not in watch()


def test_the_share_is_a_setting(asking, settings):
    settings.BOUNCE_ALARM_PERCENT = 20
    send(100, bounced=20)
    assert "bounces" not in watch()
    settings.BOUNCE_ALARM_PERCENT = 19
    assert "bounces" in watch()


@pytest.mark.parametrize(
    ("status", "code"), [(401, "Unauthorized"), (403, "Forbidden"), (400, "AADSTS7000215")]
)
def test_a_trace_that_is_refused_for_an_hour_is_an_alarm(asking, status, code):
    DeliveryPoll.objects.made().update(
        trace_status=status, trace_code=code, trace_failed_since=NOW - timedelta(minutes=59)
    )
    assert "trace_refused" not in watch()
    assert "trace_refused" in watch(NOW + timedelta(minutes=2))


def test_a_trace_that_is_busy_is_no_alarm(asking):
    DeliveryPoll.objects.made().update(
        trace_status=429, trace_code="TooManyRequests", trace_failed_since=NOW - timedelta(hours=3)
    )
    assert "trace_refused" not in watch()


@pytest.mark.parametrize("code", ["5.1.8", "5.7.705", "5.7.708", "5.7.232", "5.7.233", "5.7.236"])
def test_a_report_about_the_account_is_an_alarm_and_no_more(asking, code):
    entry = Attempt.objects.create(at=NOW, result=Result.ACCEPTED, message_id="<1@x>")
    Bounce.objects.create(at=NOW, address="a@fabrikam.example", code=code, entry=entry)
    assert "account_reported" in watch()


def test_too_many_new_entries_of_the_suppression_list_are_an_alarm(asking):
    DeliveryPoll.objects.made().update(flooded_at=NOW - timedelta(minutes=5))
    assert "suppression_flood" in watch()


def test_nobody_who_does_not_ask_is_told(healthy):
    send(100, bounced=50)
    assert not watch() & {"bounces", "trace_refused", "account_reported", "suppression_flood"}
