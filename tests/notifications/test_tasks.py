"""Waking the workers."""

import time
from datetime import timedelta
from importlib import import_module

import pytest
from django.utils import timezone

from notifications import tasks, wakeups
from notifications.mailbox import open_backends
from notifications.models import Callback, EmailSettings, Worker
from notifications.queue.engine import drain as delivery
from notifications.wakeups import send as send_for_real
from notifications.webhooks import callbacks
from tests import factories
from tests.waiting import is_once_within


def test_without_a_broker_nobody_waits_for_it(caplog):
    def took():
        begun = time.monotonic()
        send_for_real(wakeups.DRAIN)
        return time.monotonic() - begun

    assert is_once_within(2, took)
    assert "Redis cannot be reached" in caplog.text


def test_an_idle_worker_asks_the_database_fewer_than_ten_questions_a_minute(
    unconnected, django_assert_max_num_queries
):
    tasks.drain(by_beat=True)  # the heartbeats' rows are made once

    with django_assert_max_num_queries(9):
        tasks.drain(by_beat=True)


def test_what_is_due_within_a_second_is_not_left_to_an_eta(unconnected, woken, monkeypatch):
    """Celery looks at its etas once a second; a message that came as a drain left would wait."""
    soon = timezone.now() + timedelta(milliseconds=100)
    answers = [soon, timezone.now(), None]
    drained_at = []

    def drain(**_options):
        drained_at.append(timezone.now())
        return answers.pop(0)

    monkeypatch.setattr(delivery, "drain", drain)
    tasks.drain()

    assert len(drained_at) == 3
    assert drained_at[1] >= soon
    assert woken == []


def test_what_is_due_later_gets_an_eta(unconnected, woken, monkeypatch):
    later = timezone.now() + timedelta(seconds=5)
    monkeypatch.setattr(delivery, "drain", lambda **_options: later)
    tasks.drain()

    assert woken == [(wakeups.DRAIN, {"eta": later})]


def test_a_drain_that_comes_to_nothing_is_not_repeated_for_ever(unconnected, woken, monkeypatch):
    due = timezone.now()
    drains = []
    monkeypatch.setattr(delivery, "drain", lambda **_options: drains.append(1) or due)
    tasks.drain()

    assert len(drains) < 10
    [(task, options)] = woken
    assert task == wakeups.DRAIN
    assert options["eta"] > due


def test_callbacks_that_take_long_take_one_thread_of_a_worker(db, monkeypatch):
    made = []

    def slow_call(*, now):
        made.append(now)
        tasks.call_back()  # what another thread would do meanwhile

    monkeypatch.setattr(callbacks, "call_due", slow_call)

    tasks.call_back()
    tasks.call_back()

    assert len(made) == 2


def test_a_callback_that_failed_is_tried_again_when_it_is_due(db, woken):
    # Nobody listens at port 9.
    api_key, _token = factories.api_key(callback_url="http://localhost:9/")
    callback = Callback.objects.create(
        api_key=api_key, event="message.accepted", body='{"id": "1"}', due_at=timezone.now()
    )
    tasks.call_back()

    callback.refresh_from_db()
    assert callback.attempts == 1
    assert woken == [(wakeups.CALL_BACK, {"eta": callback.due_at})]


def test_work_that_fails_leaves_no_other_undone(db, now, caplog, monkeypatch):
    def explode(**_options):
        raise ZeroDivisionError

    monkeypatch.setattr(tasks, "_SWEPT", (explode, *tasks._SWEPT))
    Worker.objects.saw("silent", version="1", key="k", now=now - timedelta(days=2))

    tasks.sweep()

    assert not Worker.objects.exists()
    assert "ZeroDivisionError while sweeping" in caplog.text


def test_the_text_of_a_bug_is_in_no_log(unconnected, monkeypatch, caplog):
    """A database repeats the whole row that it refuses; Celery would log it."""

    text = "Failing row contains (Salary of Anna)"

    def drain(**_options):
        raise ValueError(text)

    monkeypatch.setattr(delivery, "drain", drain)
    tasks.drain()

    assert "ValueError while draining the queue" in caplog.text
    assert "Salary" not in caplog.text


@pytest.mark.parametrize("api", ["graph", "ews"])
def test_a_worker_has_imported_what_its_first_message_needs(unconnected, monkeypatch, api):
    imported = []
    monkeypatch.setattr(open_backends, "import_module", imported.append)
    EmailSettings.objects.update(api=api)

    tasks._start()

    microsoft = "notifications.backends.microsoft"
    assert imported == [f"{microsoft}.entra", f"{microsoft}.{api}.backend"]
    assert all(map(import_module, imported))


def test_a_worker_without_an_account_imports_nothing_of_microsofts(db, monkeypatch):
    monkeypatch.setattr(open_backends, "import_module", None)

    tasks._start()
