"""Whether the queue moves: one judgement for /readyz, alarms, the doctor and the queue's page."""

from datetime import timedelta

import pytest

from mailconnector import broker
from notifications.alarms import conditions, watch
from notifications.health.checklist import local_facts, points
from notifications.health.checklist.finding import State
from notifications.models import (
    Attempt,
    ConnectionEvent,
    EmailSettings,
    MicrosoftAccount,
    Notification,
    QueueState,
)
from notifications.models.alarms.alarm import AlarmCode
from notifications.models.attempt import Result
from notifications.models.event import EventKind
from notifications.queue import workers
from notifications.queue.holding import obstacles
from tests import factories

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture
def alive(unconnected, settings, now):
    settings.CLOUD = "emulator"
    workers.report_alive("host:1")
    QueueState.objects.update_or_create(pk=1, defaults={"beat_seen_at": now})


@pytest.fixture
def told(client, alive, now, monkeypatch):
    """Ask all who judge it; they have to agree."""
    monkeypatch.setattr(broker, "problem", lambda: "")

    def ask():
        saved, state = EmailSettings.objects.current(), QueueState.objects.current()
        listed = {each.code for each in obstacles.current(saved, state, now=now)}
        worker = next(f for f in points.findings(local_facts.read(now=now)) if f.code == "worker")
        answers = {
            "no_progress" in listed,
            AlarmCode.NO_PROGRESS in conditions.current([], now=now),
            worker.state is State.WRONG,
            client.get("/readyz").json()["missing"] == ["worker"],
        }
        assert len(answers) == 1
        return answers.pop()

    return ask


def due(now, minutes=6):
    row = factories.enqueue()
    since = now - minutes * MINUTE
    Notification.objects.filter(pk=row.pk).update(due_at=since, queued_at=since)
    return row


def test_what_nobody_has_tried_for_five_minutes_is_told_and_logged_once(told, now, caplog):
    row = due(now)

    assert told()

    watch.watch(now=now)
    watch.watch(now=now)
    assert caplog.text.count(f"notification {row.pk} ") == 1


def test_younger_mail_is_on_its_way(told, now):
    due(now, minutes=4)

    assert not told()


@pytest.mark.parametrize("result", [Result.ACCEPTED, Result.FAILED, Result.DEFERRED])
def test_as_long_as_something_is_tried_it_moves(told, now, result):
    due(now)
    Attempt.objects.create(at=now - MINUTE, result=result)

    assert not told()


@pytest.mark.parametrize("entry", [{"is_test": True}, {"result": Result.REFUSED}])
def test_what_is_no_attempt_of_a_worker_does_not_count(told, now, entry):
    due(now)
    Attempt.objects.create(**{"at": now - MINUTE, "result": Result.ACCEPTED} | entry)

    assert told()


def test_a_row_that_is_being_sent_past_its_claim_is_told_though_others_leave(told, now):
    row = factories.enqueue()
    Notification.objects.claim([row.pk], worker="hung", now=now, lease=-6 * MINUTE)
    MicrosoftAccount.objects.update(lane_owner="hung", lane_until=now - 6 * MINUTE)
    Attempt.objects.create(at=now - MINUTE, result=Result.ACCEPTED)

    assert told()


def test_a_row_that_is_just_being_sent_is_not(told, now):
    row = factories.enqueue()
    Notification.objects.claim([row.pk], worker="w", now=now, lease=5 * MINUTE)
    due(now, minutes=4)

    assert not told()


@pytest.mark.parametrize(
    "hold",
    [
        lambda now: QueueState.objects.update(paused_at=now, paused_by="megan"),
        lambda now: QueueState.objects.update(is_copy=True),
        lambda now: MicrosoftAccount.objects.update(state="blocked"),
        lambda now: MicrosoftAccount.objects.update(rests_until=now + MINUTE),
        lambda now: MicrosoftAccount.objects.update(day_full_until=now + MINUTE),
        lambda _now: EmailSettings.objects.update(service="none"),
        lambda _now: Notification.objects.update(cloud="gcc-high"),
    ],
)
def test_what_is_held_for_a_reason_does_not_stand_still(told, now, hold):
    due(now, minutes=60)
    hold(now)

    assert not told()


@pytest.mark.parametrize(
    "end",
    [
        lambda now: MicrosoftAccount.objects.update(rests_until=now - MINUTE),
        lambda now: MicrosoftAccount.objects.update(day_full_until=now - MINUTE),
        lambda now: QueueState.objects.update(taken_over_at=now - MINUTE),
        lambda now: ConnectionEvent.objects.create(kind=EventKind.RESUMED, at=now - MINUTE),
    ],
)
def test_what_was_held_until_now_gets_its_time(told, now, end):
    due(now, minutes=60)
    end(now)

    assert not told()


def test_a_process_that_cannot_read_the_secrets_sends_nothing_and_that_is_told(told, now):
    MicrosoftAccount.objects.update(cache="gAAAAA")
    due(now)

    assert told()
    saved, state = EmailSettings.objects.current(), QueueState.objects.current()
    assert obstacles.of_sending(saved, state, now=now).code == "key_missing"
