"""The calls that tell of alarms."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone
from standardwebhooks.webhooks import Webhook

from notifications.alarms import deliveries
from notifications.alarms import watch as alarms
from notifications.models import Alarm, AlarmChannel, Callback, MicrosoftAccount, Worker
from notifications.models.account import AccountState
from notifications.models.alarms.alarm import AlarmCode
from notifications.models.callback import CallbackState
from tests import factories
from tests.factories import ALARM_SECRET
from tests.notifications.alarms.steps import MINUTE, NOW, events, watch

pytestmark = pytest.mark.django_db


def test_without_a_channel_alarms_stand_and_are_told_once_there_is_one(quiet):
    MicrosoftAccount.objects.update(state=AccountState.BLOCKED)
    watch()
    assert events() == []

    factories.alarm_channel()
    watch(NOW + MINUTE)
    watch(NOW + 2 * MINUTE)

    assert events() == [("alarm.raised", "blocked")]


def test_what_nobody_was_told_of_is_cleared_without_a_call(quiet):
    MicrosoftAccount.objects.update(state=AccountState.BLOCKED)
    watch()
    factories.alarm_channel()
    MicrosoftAccount.objects.update(state=AccountState.CONNECTED)
    watch(NOW + MINUTE)

    assert events() == []


def test_a_call_is_signed_and_needs_no_worker(healthy, listener):
    AlarmChannel.objects.update(alarm_url=listener.url)
    Worker.objects.all().delete()

    alarms.look(now=NOW)

    (path, headers, body) = listener.heard[0]
    told = Webhook(ALARM_SECRET.encode()).verify(body, headers)
    assert told["id"] == headers["webhook-id"]
    assert path == "/hook?token=t0ken"
    assert told["event"] == "alarm.raised"
    assert told["installation"] == "http://localhost:8000"
    assert told["alarm"]["code"] == "no_worker"
    assert told["alarm"]["text"] == "No worker is alive"
    assert told["alarm"]["cleared_at"] is None
    assert Callback.objects.get().state == CallbackState.DELIVERED


def test_a_call_that_fails_is_made_again_with_the_same_id(healthy, listener):
    AlarmChannel.objects.update(alarm_url=listener.url)
    MicrosoftAccount.objects.update(state=AccountState.BLOCKED)
    listener.answer = 500
    alarms.look(now=NOW)
    assert Callback.objects.get().state == CallbackState.WAITING
    listener.answer = 200

    deliveries.deliver_due(now=timezone.now() + timedelta(days=2))

    (_path, first, body), (_path, second, same_body) = listener.heard
    assert body == same_body
    assert first["webhook-id"] == second["webhook-id"] == json.loads(body)["id"]
    assert Callback.objects.get().state == CallbackState.DELIVERED


def test_old_alarms_are_forgotten_and_standing_ones_are_not(healthy):
    long_ago = NOW - timedelta(days=90)
    Alarm.objects.create(code=AlarmCode.BLOCKED, raised_at=long_ago, cleared_at=long_ago)
    Alarm.objects.create(code=AlarmCode.PAUSED, raised_at=long_ago)

    alarms.forget_old(now=NOW)

    assert [alarm.code for alarm in Alarm.objects.all()] == ["paused"]
