"""A fault of ours while results are recorded: the drain ends at once, and other rows go on."""

import time
from datetime import timedelta
from threading import Event

import pytest
from django.utils import timezone

from notifications import wakeups
from notifications.backends.base import Outcome
from notifications.backends.errors import Answer, PermanentError, TransientError
from notifications.mailbox.connection import Connection
from notifications.models import Attempt, MicrosoftAccount, Notification
from notifications.models.attempt import Result
from notifications.models.status import Status
from notifications.queue.engine import drain as drain_module
from notifications.queue.engine import gathering, in_flight, senders, turn
from tests import factories
from tests.notifications.queue.steps import drain, results
from tests.waiting import PATIENCE

from .answering_backend import UNSTORABLE, Backend

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def backend(connected, monkeypatch):
    backend = Backend()
    monkeypatch.setattr(Connection, "open", lambda *_args, **_options: backend)
    return backend


def status_of(row):
    row.refresh_from_db()
    return row.status


def drain_with_a_fault():
    """Return how long it took."""
    began = time.monotonic()
    with pytest.raises(UnicodeEncodeError):
        drain()
    return time.monotonic() - began


def test_a_result_that_cannot_be_recorded_ends_the_drain_and_is_settled_later(
    backend, caplog, settings
):
    settings.DOUBT_GRACE = timedelta(seconds=30)
    backend.by_subject["bad"] = UNSTORABLE
    row = factories.enqueue(subject="bad")
    began = timezone.now()

    assert drain_with_a_fault() < PATIENCE / 10

    assert status_of(row) == Status.SENDING
    assert began + settings.DOUBT_GRACE <= row.claimed_until
    assert row.claimed_until <= timezone.now() + settings.DOUBT_GRACE
    assert MicrosoftAccount.objects.get().lane_owner == ""
    assert f"recording notifications [{row.pk}]" in caplog.text
    Notification.objects.update(claimed_until=began)
    drain()
    assert status_of(row) == Status.ACCEPTED


def test_what_is_recorded_with_it_is_not_lost_with_it(backend, monkeypatch):
    monkeypatch.setattr(gathering, "_RESULTS_WAIT", 0.5)
    backend.by_subject["bad"] = UNSTORABLE
    rows = [factories.enqueue(subject=subject) for subject in ("one", "bad", "two", "three")]

    drain_with_a_fault()

    assert [status_of(row) for row in rows] == [
        Status.ACCEPTED, Status.SENDING, Status.ACCEPTED, Status.ACCEPTED,
    ]  # fmt: skip
    assert results() == [Result.ACCEPTED] * 3


def test_a_row_that_cannot_be_recorded_leaves_no_other_in_doubt(backend, monkeypatch):
    slow = Event()
    backend.by_subject |= {"bad": UNSTORABLE, "slow": slow}
    rows = [factories.enqueue(subject=subject) for subject in ("slow", "bad")]
    lose = in_flight.InFlight._lose

    def lose_and_go_on(*arguments):
        lose(*arguments)
        slow.set()

    monkeypatch.setattr(in_flight.InFlight, "_lose", lose_and_go_on)

    drain_with_a_fault()

    assert [status_of(row) for row in rows] == [Status.ACCEPTED, Status.SENDING]


def break_the_loop(monkeypatch):
    def broken(_self, _row, _event):
        raise ZeroDivisionError

    monkeypatch.setattr(turn.Turn, "_finish", broken)


def test_after_a_fault_of_the_loop_nothing_holds_the_end_up(backend, monkeypatch, settings):
    settings.DOUBT_GRACE = timedelta(seconds=30)
    slow = Event()
    backend.by_subject["slow"] = slow
    rows = [factories.enqueue(subject=subject) for subject in ("slow", "good")]
    break_the_loop(monkeypatch)
    began = time.monotonic()

    with pytest.raises(ZeroDivisionError):
        drain()

    assert time.monotonic() - began < PATIENCE / 10
    slow.set()
    assert [status_of(row) for row in rows] == [Status.SENDING, Status.ACCEPTED]


def test_after_a_fault_of_the_loop_no_thread_begins_another_message(backend, monkeypatch):
    monkeypatch.setattr(senders, "THREADS", 1)
    sent = []
    send = backend.send
    backend.send = lambda message, **options: (
        sent.append(message.subject) or send(message, **options)
    )
    rows = [factories.enqueue(subject=str(number)) for number in range(20)]
    break_the_loop(monkeypatch)

    with pytest.raises(ZeroDivisionError):
        drain()

    assert Notification.objects.filter(status=Status.PENDING).count() == len(rows) - len(sent)


def test_with_one_thread_what_stands_behind_it_leaves_with_the_next_drain_which_comes_soon(
    backend, monkeypatch, settings, woken
):
    settings.DOUBT_GRACE = timedelta(seconds=30)
    monkeypatch.setattr(senders, "THREADS", 1)
    backend.by_subject["bad"] = UNSTORABLE
    bad, good = (factories.enqueue(subject=s, priority=p) for s, p in (("bad", 1), ("good", 3)))
    woken.clear()

    drain_with_a_fault()

    ((task, options),) = woken
    assert task == wakeups.DRAIN
    assert options["eta"] <= timezone.now() + timedelta(seconds=1)
    drain()
    assert (status_of(bad), status_of(good)) == (Status.SENDING, Status.ACCEPTED)


def test_a_row_that_can_never_be_recorded_rests_ever_longer_and_fails_in_the_end(backend, settings):
    settings.DOUBT_GRACE = timedelta(seconds=30)
    backend.by_subject["bad"] = UNSTORABLE
    backend.settled["draft of bad"] = Outcome.NOT_SENT_YET
    row = factories.enqueue(subject="bad")
    graces = []
    for _ in range(3):
        began = timezone.now()
        drain_with_a_fault()
        row.refresh_from_db()
        graces.append(round((row.claimed_until - began) / settings.DOUBT_GRACE))
        Notification.objects.update(claimed_until=began, reference="")

    assert graces == [1, 2, 4]
    Notification.objects.update(attempts=30)
    drain()
    assert status_of(row) == Status.FAILED
    entry = Attempt.objects.get()
    assert (entry.code, entry.result, entry.message_id) == (
        "InternalFault", Result.FAILED, row.message_id,
    )  # fmt: skip


@pytest.mark.parametrize("reference", ["x\ud800", "x\0", "r" * 100_000])
def test_a_draft_whose_id_cannot_be_kept_is_not_submitted(backend, reference):
    backend.by_subject["bad"] = reference
    bad, good = factories.enqueue(subject="bad"), factories.enqueue(subject="good")

    drain()

    assert (status_of(bad), status_of(good)) == (Status.PENDING, Status.ACCEPTED)
    assert bad.attempts == 1
    assert sorted(results()) == [Result.ACCEPTED, Result.DEFERRED]


def test_a_row_that_cannot_become_a_message_fails_alone(backend, caplog):
    rows = [factories.enqueue(subject=str(i)) for i in range(3)]
    Notification.objects.filter(pk=rows[0].pk).update(to=["nonsense"])

    drain()

    assert [status_of(row) for row in rows] == [
        Status.FAILED, Status.ACCEPTED, Status.ACCEPTED,
    ]  # fmt: skip
    assert f"making notification {rows[0].pk}" in caplog.text
    assert Attempt.objects.get(notification=rows[0]).code == "InternalFault"


@pytest.mark.parametrize(
    "trouble",
    [
        ValueError("no JSON"),
        TransientError(Answer(200, "UnexpectedAnswer")),
        TransientError(Answer(0, "TimedOut")),
        PermanentError(Answer(400)),
    ],
)
def test_a_doubt_that_cannot_be_settled_keeps_no_other_message_from_leaving(backend, trouble, now):
    doubtful = [factories.enqueue(subject=f"doubt {i}") for i in range(2)]
    pks = [row.pk for row in doubtful]
    Notification.objects.claim(pks, worker="dead", now=now, lease=timedelta(seconds=-1))
    Notification.objects.keep_references({pk: f"r{pk}" for pk in pks}, worker="dead")
    backend.settled[f"r{pks[0]}"] = trouble
    row = factories.enqueue(subject="good")

    drain()

    assert status_of(row) == Status.ACCEPTED
    assert status_of(doubtful[0]) == Status.SENDING
    backend.settled.clear()
    Notification.objects.filter(status=Status.SENDING).update(claimed_until=now)
    drain()
    assert [status_of(row) for row in doubtful] == [Status.ACCEPTED] * 2


def test_where_no_answer_comes_the_next_look_waits(backend, now):
    row = factories.enqueue()
    Notification.objects.claim([row.pk], worker="dead", now=now, lease=timedelta(seconds=-1))
    Notification.objects.keep_references({row.pk: "r"}, worker="dead")
    backend.settled["r"] = TransientError(Answer(0, "ConnectionRefused"))

    assert drain() > timezone.now() + timedelta(seconds=20)


def test_a_thread_that_cannot_be_started_ends_the_drain(backend, monkeypatch):
    def refuse(_self):
        raise RuntimeError("can't start new thread")

    row = factories.enqueue()
    with monkeypatch.context() as patch:
        patch.setattr(senders.Thread, "start", refuse)
        with pytest.raises(RuntimeError):
            drain()

    # No thread has begun it, so that it can go at once.
    assert status_of(row) == Status.PENDING
    assert MicrosoftAccount.objects.get().lane_owner == ""


def test_doubts_without_an_answer_let_each_other_one_have_its_turn(backend, now, settings):
    settings.DOUBT_GRACE = timedelta(0)
    doubtful = [factories.enqueue(subject=f"doubt {i}") for i in range(3)]
    pks = [row.pk for row in doubtful]
    Notification.objects.claim(pks, worker="dead", now=now, lease=timedelta(seconds=-1))
    Notification.objects.keep_references({pk: f"r{pk}" for pk in pks}, worker="dead")
    for pk in pks[:2]:
        backend.settled[f"r{pk}"] = TransientError(Answer(0, "TimedOut"))

    for _ in doubtful:
        drain()

    assert [status_of(row) for row in doubtful] == [
        Status.SENDING,
        Status.SENDING,
        Status.ACCEPTED,
    ]


def test_a_way_out_that_cannot_be_opened_keeps_nobody_waiting(backend, monkeypatch):
    factories.enqueue()

    def broken(*_arguments, **_options):
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(Connection, "open", broken)
        with pytest.raises(ZeroDivisionError):
            drain_module.drain(worker="another")

    drain()
    assert results() == [Result.ACCEPTED]
