"""Several channels: each gets what it wants once, in order, whatever becomes of the others."""

import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from notifications.alarms import deliveries
from notifications.alarms import watch as alarms
from notifications.models import Alarm, AlarmChannel, Callback, MicrosoftAccount
from notifications.models.account import AccountState
from notifications.models.callback import CallbackState
from notifications.webhooks import callbacks, connect
from tests import factories
from tests.notifications.alarms.steps import MINUTE, NOW, events, watch
from tests.waiting import PATIENCE

pytestmark = pytest.mark.django_db


def block():
    MicrosoftAccount.objects.update(state=AccountState.BLOCKED)


def recover():
    MicrosoftAccount.objects.update(state=AccountState.CONNECTED)


def test_each_channel_is_told_once_that_it_began_and_once_that_it_is_over(healthy):
    other = factories.alarm_channel(name="Other")
    block()
    watch()
    watch(NOW + MINUTE)
    recover()
    watch(NOW + 2 * MINUTE)
    watch(NOW + 3 * MINUTE)

    both = [("alarm.raised", "blocked"), ("alarm.cleared", "blocked")]
    assert events(healthy) == events(other) == both


def test_a_channel_is_told_only_what_it_wants(healthy):
    AlarmChannel.objects.update(left_out=["blocked"])
    other = factories.alarm_channel(name="Other", left_out=["no_worker"])
    block()
    watch()

    assert events(healthy) == []
    assert events(other) == [("alarm.raised", "blocked")]


def test_what_a_channel_does_not_want_any_more_is_still_ended_for_it(healthy):
    block()
    watch()
    AlarmChannel.objects.update(left_out=["blocked"])
    recover()
    watch(NOW + MINUTE)

    assert events(healthy)[-1] == ("alarm.cleared", "blocked")


def test_a_channel_that_is_added_is_told_what_stands_and_the_others_are_not_told_again(healthy):
    block()
    watch()
    other = factories.alarm_channel(name="Other")
    watch(NOW + MINUTE)
    watch(NOW + 2 * MINUTE)

    assert events(healthy) == events(other) == [("alarm.raised", "blocked")]


def test_a_channel_that_is_off_is_told_nothing(healthy):
    AlarmChannel.objects.update(enabled=False)
    block()
    watch()

    assert events() == []


def test_two_watchers_at_once_tell_each_channel_once(healthy):
    block()
    watch()
    alarm = Alarm.objects.get()
    announcers = [alarms.Announcer(now=NOW) for _watcher in range(2)]
    factories.alarm_channel(name="Other")

    for announcer in (*announcers, alarms.Announcer(now=NOW), alarms.Announcer(now=NOW)):
        announcer.raised(alarm)

    assert len(events()) == 2


def test_what_was_told_is_remembered_as_long_as_the_alarm_stands(healthy):
    block()
    watch()
    Callback.objects.update(state=CallbackState.DELIVERED)
    later = NOW + timedelta(days=60)
    callbacks.forget_old(now=later)
    watch(later)

    assert events() == [("alarm.raised", "blocked")]


def test_one_that_fails_keeps_no_other_from_being_told(healthy, listener):
    good = factories.alarm_channel(listener.url, name="Good")
    block()

    alarms.look(now=NOW)

    assert len(listener.heard) == 1
    states = dict(Callback.objects.values_list("channel__name", "state"))
    assert states == {"Desk": "waiting", "Good": "delivered"}
    healthy.refresh_from_db()
    good.refresh_from_db()
    assert (healthy.last_error, bool(healthy.failing_since)) == ("Connection refused", True)
    assert (good.last_error, good.last_status, good.failing_since) == ("", 204, None)


def answer_when_all_have_called(server, count):
    callers = [server.accept()[0] for _caller in range(count)]
    for caller in callers:
        with caller:
            caller.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
            while caller.recv(65536):
                pass


def test_no_channel_waits_for_the_answer_of_another(quiet):
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor() as pool:
        for number in range(8):
            url = f"http://localhost:{server.getsockname()[1]}/"
            factories.alarm_channel(url, name=f"Channel {number}")
        block()
        watch()
        answering = pool.submit(answer_when_all_have_called, server, 8)

        deliveries.deliver_due(now=NOW)

        answering.result(timeout=PATIENCE)
    assert set(Callback.objects.values_list("state", flat=True)) == {CallbackState.DELIVERED}


def test_a_channel_that_hangs_is_given_up(quiet, monkeypatch):
    monkeypatch.setattr(connect, "LONGEST_CALL", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        factories.alarm_channel(f"http://localhost:{silent.getsockname()[1]}/")
        block()
        watch()

        deliveries.deliver_due(now=NOW)

    assert AlarmChannel.objects.get().last_error == "TimeoutError"


def test_over_does_not_arrive_before_raised(healthy, listener):
    block()
    alarms.look(now=NOW)
    recover()
    alarms.look(now=NOW + timedelta(seconds=1))
    AlarmChannel.objects.update(alarm_url=listener.url)

    deliveries.deliver_due(now=NOW + timedelta(days=2))

    told = [body.partition(b'"event": "')[2].partition(b'"')[0] for *_head, body in listener.heard]
    assert told == [b"alarm.raised", b"alarm.cleared"]


def test_the_others_report_a_channel_by_which_alarms_do_not_arrive(healthy, listener):
    good = factories.alarm_channel(listener.url, name="Good")
    block()
    alarms.look(now=NOW)
    AlarmChannel.objects.filter(pk=healthy.pk).update(failing_since=NOW)  # not the clock's now

    assert watch(NOW + 5 * MINUTE) == {"blocked"}
    assert watch(NOW + 17 * MINUTE) == {"blocked", "channel_fails"}

    assert ("alarm.raised", "channel_fails") in events(good)
    assert ("alarm.raised", "channel_fails") not in events(healthy)
    assert "Alarms are not delivered by Desk." in Callback.objects.latest("pk").body

    AlarmChannel.objects.filter(pk=healthy.pk).update(alarm_url=listener.url)
    deliveries.send_test(AlarmChannel.objects.get(pk=healthy.pk), now=NOW)
    assert watch(NOW + 18 * MINUTE) == {"blocked"}


def test_a_failed_test_is_seen_by_whoever_made_it_and_is_no_alarm(healthy):
    result = deliveries.send_test(healthy, now=NOW)

    healthy.refresh_from_db()
    assert healthy.last_error == result.error == "Connection refused"
    assert watch(NOW + 60 * MINUTE) == set()


def test_a_channel_that_was_deleted_or_is_incomplete_hurts_no_other(healthy, listener):
    factories.alarm_channel("", name="Incomplete")
    gone = factories.alarm_channel(name="Gone")
    factories.alarm_channel(listener.url, name="Good")
    block()
    watch()
    gone.delete()

    deliveries.deliver_due(now=NOW)

    assert len(listener.heard) == 1
    incomplete = AlarmChannel.objects.get(name="Incomplete")
    assert incomplete.last_error.startswith("The channel is not complete")


def test_an_address_that_no_key_opens_is_told_as_that(healthy, settings):
    block()
    watch()
    settings.ENCRYPTION_KEYS = ["Z" * 43 + "="]

    deliveries.deliver_due(now=NOW)

    assert "address or secret cannot be read" in AlarmChannel.objects.get().last_error
