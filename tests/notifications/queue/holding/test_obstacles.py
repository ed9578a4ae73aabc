"""The one list of what keeps mail from leaving."""

from datetime import timedelta

import pytest
from django.utils import translation

from notifications.models import (
    Attempt,
    EmailSettings,
    MicrosoftAccount,
    Notification,
    QueueState,
)
from notifications.models.attempt import Result
from notifications.queue import overview, workers
from notifications.queue.holding import obstacles
from notifications.queue.holding.obstacles import Meaning, Place
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def saved(unconnected, settings):
    settings.CLOUD = "emulator"
    workers.report_alive("host:1")
    return unconnected


@pytest.fixture
def current(saved, now):
    def ask(question=obstacles.current):
        row, state = EmailSettings.objects.current(), QueueState.objects.current()
        return question(row, state, now=now)

    return ask


def codes(found):
    return [each.code for each in found]


def rest(now):
    MicrosoftAccount.objects.update(rests_until=now + timedelta(minutes=3), rest_code="Busy")


def test_nothing_holds_mail_back_while_all_is_well(current):
    assert current() == []
    assert current(obstacles.of_sending) is None


def test_what_holds_every_message_holds_the_drain(current, now):
    rest(now)

    held_by = current(obstacles.of_sending)

    assert held_by.code == "resting"
    assert held_by.until == now + timedelta(minutes=3)
    assert held_by in current()


def test_a_drain_does_not_come_back_by_itself_where_a_person_has_to_act(current):
    MicrosoftAccount.objects.update(state="sign_in_required")

    assert current(obstacles.of_sending).until is None


def test_a_pause_and_a_full_day_do_not_hold_every_message(current, now):
    QueueState.objects.update_or_create(pk=1, defaults={"paused_at": now, "paused_by": "alex"})
    MicrosoftAccount.objects.update(day_full_until=now + timedelta(hours=1))

    assert current(obstacles.of_sending) is None
    assert codes(current()) == ["recipients_a_day", "paused"]
    assert [each.meaning for each in current()] == [Meaning.PASSES, Meaning.NEEDS_YOU]
    assert all(each.holds_mail for each in current())


def test_a_set_up_that_is_not_finished_is_no_news_for_every_page(current):
    EmailSettings.objects.update(account=None)

    assert codes(current()) == ["not_signed_in"]
    assert current(obstacles.for_every_page) == []


def test_every_page_shows_what_nobody_should_miss_and_the_queue_shows_all(current, now):
    rest(now)
    factories.enqueue()
    Notification.objects.update(queued_at=now - timedelta(hours=1), due_at=now)

    assert codes(current(obstacles.for_every_page)) == ["resting"]
    assert codes(current()) == ["resting", "old"]


def test_what_is_only_to_be_seen_holds_no_mail(current, now):
    factories.enqueue()
    factories.enqueue()
    Notification.objects.update(queued_at=now - timedelta(hours=1), due_at=now)
    Notification.objects.filter(pk=Notification.objects.first().pk).update(cloud="gcc-high")

    found = current()

    assert codes(found) == ["made_elsewhere", "old"]
    assert "1 notification was created for another cloud" in found[0].text
    assert not any(each.holds_mail for each in found)


@pytest.fixture
def outage(now):
    """One that waits for its next try, after others of the same fate."""
    row = factories.enqueue()
    Notification.objects.update(
        queued_at=now - timedelta(minutes=20), due_at=now + timedelta(minutes=9)
    )
    return Attempt.objects.create(
        notification=row, at=now - timedelta(minutes=7), result=Result.DEFERRED,
        code="serviceNotAvailable", http_status=503, submitted=False,
    )  # fmt: skip


def test_an_outage_is_told_though_each_message_waits_for_its_next_try(current, outage, now):
    (found, *others) = current()

    assert (found.code, found.microsoft_code) == ("unreachable", "serviceNotAvailable")
    assert found.text == "No mail is getting through. Microsoft didn't accept the message."
    assert found.holds_mail
    assert found.since == now - timedelta(minutes=20)
    assert codes(others) == ["old"]


@pytest.mark.parametrize(
    "change",
    [
        {"result": Result.ACCEPTED},  # the newest one
        {"code": "ErrorThrottled", "http_status": 429},  # a rest of the mailbox says it
        {"code": "AADSTS70008"},  # the account's state says it
        {"code": "UploadRefused", "http_status": 401},  # says nothing about other messages
        {"code": "ErrorItemNotFound", "http_status": 404},
        {"is_test": True},
        {"at_hours_ago": 2},
    ],
)
def test_what_else_was_deferred_is_no_outage(current, outage, now, change):
    if hours := change.pop("at_hours_ago", 0):
        change["at"] = now - timedelta(hours=hours)
    Attempt.objects.update(**change)

    assert codes(current()) == []


def test_no_outage_is_told_while_something_is_accepted(current, outage, now):
    Attempt.objects.create(at=now - timedelta(minutes=1), result=Result.ACCEPTED)
    Attempt.objects.create(at=now, result=Result.DEFERRED, code="serviceNotAvailable")

    assert codes(current()) == []


def test_nobody_forecasts_the_end_of_the_queue_in_an_outage(current, outage, now):
    assert overview.read(now=now).empty_at is None


def test_each_says_where_it_is_mended(current):
    QueueState.objects.claim("another installation")
    workers.report_gone("host:1")

    assert {each.code: each.place for each in current()} == {
        "foreign_database": Place.QUEUE,
        "no_worker": Place.CHECKLIST,
    }


def test_they_are_told_in_the_readers_language(current):
    MicrosoftAccount.objects.update(state="blocked")

    with translation.override("de"):
        (blocked,) = current()

    assert blocked.text == "Von Microsoft gesperrt."


def test_the_list_costs_four_queries_and_the_drains_question_none(
    current, saved, now, django_assert_num_queries
):
    row, state = EmailSettings.objects.current(), QueueState.objects.current()

    with django_assert_num_queries(4):
        obstacles.current(row, state, now=now)
    with django_assert_num_queries(1):
        obstacles.for_every_page(row, state, now=now)
    with django_assert_num_queries(0):
        obstacles.of_sending(row, state, now=now)


def test_without_a_named_cloud_an_installation_of_a_real_one_sends_nothing(current, now, settings):
    MicrosoftAccount.objects.update(cloud="global")

    (lost,) = current()
    row = factories.enqueue()

    assert lost.code == "cloud_not_named"
    assert "Worldwide" in lost.text
    assert current(obstacles.of_sending) == lost
    assert row.cloud == "global"  # it is kept for the cloud that is meant


def test_practice_by_hand_is_practice_also_after_a_real_cloud(current, settings):
    MicrosoftAccount.objects.update(cloud="global")
    settings.CLOUD_IS_NAMED = True

    assert codes(current()) == ["other_cloud"]
    assert factories.enqueue().cloud == "emulator"


def test_a_new_installation_practises_without_a_named_cloud(current, settings):
    EmailSettings.objects.update(account=None)

    assert codes(current()) == ["not_signed_in"]
    assert factories.enqueue().cloud == "emulator"
