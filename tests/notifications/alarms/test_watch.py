"""Alarms: raised once, cleared once, told to the address of the settings, signed."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from notifications.alarms import watch as alarms
from notifications.alarms.events import WHAT_TO_DO
from notifications.models import (
    Alarm,
    Attempt,
    Callback,
    ConnectionEvent,
    EmailSettings,
    MicrosoftAccount,
    Notification,
    QueueState,
    Worker,
)
from notifications.models.account import AccountState
from notifications.models.alarms.alarm import AlarmCode
from notifications.models.attempt import Result
from notifications.models.event import EventKind
from notifications.queue import workers
from tests import factories
from tests.notifications.alarms.steps import MINUTE, NOW, events, watch

pytestmark = pytest.mark.django_db


def rests(kind, *, code, since, until):
    account = MicrosoftAccount.objects.get()
    MicrosoftAccount.objects.update(rests_until=until, rest_code=code)
    ConnectionEvent.objects.create(
        kind=kind, account=account.address, code=code, at=since, until=until
    )


def waits(since):
    row = factories.enqueue()
    Notification.objects.filter(pk=row.pk).update(queued_at=since, due_at=since)
    return row


def test_a_healthy_installation_raises_nothing(healthy):
    assert watch() == set()


def test_a_look_at_an_idle_installation_asks_little(healthy, django_assert_max_num_queries):
    """Beat looks once a minute, whether anything happens or not."""
    with django_assert_max_num_queries(10):
        alarms.look(now=NOW)


@pytest.mark.parametrize("state", ["sign_in_required", "credential_expired", "blocked"])
def test_a_lost_account_is_told_once_and_its_return_once(healthy, state):
    MicrosoftAccount.objects.update(state=state)
    for minutes in range(3):
        assert watch(NOW + minutes * MINUTE) == {state}
    MicrosoftAccount.objects.update(state=AccountState.CONNECTED)
    for minutes in range(3, 6):
        assert watch(NOW + minutes * MINUTE) == set()

    assert events() == [("alarm.raised", state), ("alarm.cleared", state)]


@pytest.mark.parametrize(
    ("days", "stages"),
    [(61, []), (60, [60]), (31, [60]), (30, [30]), (7, [7]), (1, [1]), (-3, [0])],
)
def test_the_end_of_the_credential_is_told_in_stages(healthy, days, stages):
    EmailSettings.objects.update(secret_expires_on=NOW.date() + timedelta(days=days))

    watch()

    assert list(Alarm.objects.values_list("stage", flat=True)) == stages


def test_each_stage_is_told_once_and_a_new_credential_once(healthy):
    EmailSettings.objects.update(secret_expires_on=NOW.date() + timedelta(days=62))
    for days in range(70):
        watch(NOW + timedelta(days=days))
    EmailSettings.objects.update(secret_expires_on=None)
    watch(NOW + timedelta(days=71))

    calls = Callback.objects.filter(alarm__code="credential_ends").order_by("pk")
    told = [json.loads(call.body) for call in calls]
    assert [(each["event"], each["alarm"]["days_left"]) for each in told] == [
        ("alarm.raised", 60),
        ("alarm.raised", 30),
        ("alarm.raised", 7),
        ("alarm.raised", 1),
        ("alarm.raised", 0),
        ("alarm.cleared", 0),
    ]
    assert len({each["id"] for each in told}) == len(told)


@pytest.mark.parametrize(
    ("since", "until", "stands"),
    [
        (16, -1, True),
        (14, -1, False),  # not long yet
        (16, 1, True),  # between two rests
        (60, 30, False),  # over
    ],
)
def test_being_throttled_for_long_is_told(healthy, since, until, stands):
    rests(
        EventKind.THROTTLED,
        code="ApplicationThrottled",
        since=NOW - since * MINUTE,
        until=NOW - until * MINUTE,
    )

    assert watch() == ({"throttled"} if stands else set())


def test_a_rest_that_a_save_has_ended_is_no_alarm_though_its_event_goes_on(healthy):
    until = NOW + 60 * MINUTE
    rests(EventKind.THROTTLED, code="ErrorServerBusy", since=NOW - 20 * MINUTE, until=until)
    assert watch() == {"throttled"}

    MicrosoftAccount.objects.update(rests_until=None)

    assert watch() == set()


def test_what_waits_for_room_in_the_day_is_not_called_stuck(healthy):
    waits(NOW - 60 * MINUTE)
    MicrosoftAccount.objects.update(day_full_until=NOW + 60 * MINUTE)

    assert watch() == set()


def test_what_was_made_for_another_cloud_is_not_called_stuck(healthy):
    row = waits(NOW - 60 * MINUTE)
    Notification.objects.filter(pk=row.pk).update(cloud="gcc-high")

    assert watch() == set()


def test_a_full_mailbox_is_told_until_a_message_gets_through(healthy):
    until = NOW + 15 * MINUTE
    rests(EventKind.THROTTLED, code="ErrorQuotaExceeded", since=NOW, until=until)
    assert watch() == {"mailbox_full"}
    assert watch(until + 60 * MINUTE) == {"mailbox_full"}

    MicrosoftAccount.objects.update(last_success_at=until + 61 * MINUTE)

    assert watch(until + 62 * MINUTE) == set()


@pytest.mark.parametrize(("hours", "stands"), [(23, False), (25, True)])
def test_a_long_pause_is_told(healthy, hours, stands):
    QueueState.objects.update(paused_at=NOW - timedelta(hours=hours), paused_by="megan")

    assert watch() == ({"paused"} if stands else set())


@pytest.mark.parametrize(("minutes", "stands"), [(14, False), (16, True)])
def test_a_queue_of_which_nothing_is_accepted_although_nothing_holds_it_is_told(
    healthy, minutes, stands
):
    waits(NOW - minutes * MINUTE)
    Attempt.objects.create(at=NOW - MINUTE, result=Result.DEFERRED)

    assert watch() == ({"queue_old"} if stands else set())


@pytest.mark.parametrize(("minutes", "stands"), [(14, False), (16, True)])
def test_an_outage_is_told_though_each_message_waits_for_its_next_try(healthy, minutes, stands):
    row = waits(NOW - minutes * MINUTE)
    Notification.objects.filter(pk=row.pk).update(due_at=NOW + 10 * MINUTE)
    Attempt.objects.create(
        at=NOW - MINUTE, result=Result.DEFERRED, code="serviceNotAvailable", http_status=503,
        submitted=False,
    )  # fmt: skip

    assert watch() == ({"unreachable"} if stands else set())


@pytest.mark.parametrize(("minutes", "stands"), [(4, False), (6, True)])
def test_a_queue_that_nobody_tries_although_workers_live_is_told(healthy, minutes, stands):
    waits(NOW - minutes * MINUTE)

    assert watch() == ({"no_progress"} if stands else set())


def test_a_long_queue_that_flows_is_no_alarm(healthy):
    waits(NOW - 60 * MINUTE)
    Attempt.objects.create(at=NOW - MINUTE, result=Result.ACCEPTED)

    assert watch() == set()


def test_a_queue_that_is_held_is_not_called_stuck_as_well(healthy):
    waits(NOW - 60 * MINUTE)
    QueueState.objects.update(paused_at=NOW - 60 * MINUTE)

    assert watch() == set()


def test_a_worker_that_is_gone_is_told_after_its_silence_and_not_at_a_restart(healthy):
    QueueState.objects.update(beat_seen_at=NOW)
    Worker.objects.all().delete()

    assert watch(NOW + MINUTE) == set()
    assert watch(NOW + 4 * MINUTE) == {"no_worker"}


@pytest.mark.parametrize(
    ("change", "code"),
    [({"installation": "another"}, "foreign_database"), ({"is_copy": True}, "copy")],
)
def test_a_database_from_elsewhere_is_told_and_leaves_the_originals_alarms_alone(
    healthy, change, code
):
    MicrosoftAccount.objects.update(state=AccountState.BLOCKED)
    watch()
    MicrosoftAccount.objects.update(state=AccountState.CONNECTED)
    QueueState.objects.update(**change)

    assert watch(NOW + MINUTE) == {"blocked", code}
    assert events() == [("alarm.raised", "blocked"), ("alarm.raised", code)]


def test_every_alarm_says_what_to_do():
    assert set(AlarmCode) == set(WHAT_TO_DO)


def test_a_queue_that_no_worker_can_read_stands_still(healthy):
    waits(NOW - 60 * MINUTE)
    Worker.objects.update(key="other")

    assert watch() == {"no_progress"}


def test_a_worker_that_reports_itself_clears_the_alarm(healthy):
    Worker.objects.all().delete()
    watch(NOW)
    workers.report_alive("host:1")

    alarms.watch(now=datetime.now(UTC))

    assert not Alarm.objects.standing().filter(code="no_worker").exists()


def test_an_alarm_that_this_version_does_not_know_keeps_no_other_from_being_told(healthy, caplog):
    alarm = Alarm.objects.create(code="of_the_future", raised_at=NOW, told_at=NOW)
    Callback.objects.create(alarm=alarm, channel=healthy, event="alarm.raised", body="{}")
    MicrosoftAccount.objects.update(state=AccountState.BLOCKED)

    assert "blocked" in watch()

    assert ("alarm.raised", "blocked") in events()
    assert "looking after alarm of_the_future" in caplog.text
