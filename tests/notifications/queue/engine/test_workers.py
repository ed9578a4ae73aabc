"""Workers that die, stop or compete."""

from datetime import timedelta
from threading import Event

import pytest
from django.utils import timezone

from notifications.mailbox.connection import Connection
from notifications.models import MicrosoftAccount, Notification
from notifications.models.status import Status
from notifications.queue.engine import drain as delivery
from notifications.queue.engine import lane
from tests import factories
from tests.notifications.queue.steps import SEND, drain

from .answering_backend import Backend

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_worker_that_died_before_its_checkpoint_has_sent_nothing(connected, emulator, now):
    row = factories.enqueue()
    Notification.objects.claim([row.pk], worker="dead", now=now, lease=timedelta(seconds=-1))

    drain()

    row.refresh_from_db()
    assert (row.status, row.attempts) == (Status.ACCEPTED, 1)
    assert len(emulator.messages()) == 1


def test_a_living_workers_row_is_left_alone(connected, emulator, now):
    row = factories.enqueue()
    Notification.objects.claim([row.pk], worker="alive", now=now, lease=timedelta(minutes=1))

    drain()

    row.refresh_from_db()
    assert (row.status, row.claimed_by) == (Status.SENDING, "alive")


def test_a_row_whose_sender_kept_a_checkpoint_meanwhile_is_not_taken_for_unsent(db, now):
    # Its lease is over, by a clock that is wrong or because the worker was asleep.
    row = factories.enqueue()
    lease = timedelta(seconds=-1)
    Notification.objects.claim([row.pk], worker="asleep", now=now, lease=lease)
    (as_read,) = Notification.objects.in_doubt(now=now)
    Notification.objects.keep_references({row.pk: "direct"}, worker="asleep")

    adopted = Notification.objects.adopt(as_read, worker="other", now=now, lease=lease)

    assert not adopted
    row.refresh_from_db()
    assert (row.claimed_by, row.reference) == ("asleep", "direct")


def test_one_drainer_at_a_time_has_the_lane(connected, emulator, now):
    factories.enqueue()
    MicrosoftAccount.objects.take_lane(
        connected.account.pk, owner="other", now=now, lease=timedelta(minutes=1)
    )

    assert drain() is None

    assert emulator.messages() == []


def test_what_another_worker_gave_back_meanwhile_is_not_begun_a_second_time(connected, monkeypatch):
    """A worker whose clock is fast takes our claims for expired; then we claim the same row anew,
    while it still waits for a thread of ours."""
    monkeypatch.setattr(lane, "THREADS_WITH_REFERENCES", 1)
    backend, slow, sent = Backend(), Event(), []
    monkeypatch.setattr(Connection, "open", lambda *_args, **_options: backend)
    backend.by_subject["slow"] = slow
    send = backend.send
    backend.send = lambda message, **options: (
        sent.append(message.subject) or send(message, **options)
    )
    factories.enqueue(subject="slow")
    waiting = factories.enqueue(subject="waits")
    looks = []

    def is_wanted():
        looks.append(len(sent))
        if len(looks) == 3:
            Notification.objects.give_back([waiting.pk], worker="test:1")
        if len(looks) == 20:
            slow.set()
        return True

    drain(is_wanted=is_wanted)

    assert sorted(sent) == ["slow", "waits"]
    assert not Notification.objects.exclude(status=Status.ACCEPTED).exists()


def test_a_stopping_worker_starts_nothing(connected, emulator):
    row = factories.enqueue()

    drain(is_stopping=lambda: True)

    row.refresh_from_db()
    assert row.status == Status.PENDING
    assert MicrosoftAccount.objects.get().lane_owner == ""


def test_a_worker_that_must_stop_leaves_what_has_no_answer_to_be_settled(
    connected, emulator, monkeypatch
):
    monkeypatch.setattr(delivery, "STOP_TIME", timedelta(milliseconds=100))
    emulator.fault(path=SEND, latency_ms=10_000, count=1)
    row = factories.enqueue()
    asked = []

    drain(is_stopping=lambda: len(asked.append(1) or asked) > 4)

    row.refresh_from_db()
    assert row.status == Status.SENDING
    assert row.claimed_until <= timezone.now() + timedelta(seconds=1)
    assert MicrosoftAccount.objects.get().lane_owner == ""


@pytest.mark.parametrize(
    ("api", "send"),
    [
        ("graph", {"path": SEND}),
        ("ews", {"path": "/ews/exchange.asmx", "operation": "SendItem"}),
    ],
)
def test_a_draft_that_another_worker_has_sent_meanwhile_is_not_a_failure(db, emulator, api, send):
    # Two workers with the same draft: one whose clock is wrong takes the other for dead.
    factories.connect(emulator, api=api)
    emulator.fault(**send, status=504, when="after", count=1)
    row = factories.enqueue()
    drain()
    row.refresh_from_db()
    assert (row.status, len(emulator.messages())) == (Status.SENDING, 1)
    Notification.objects.put_back(
        row.pk, worker=row.claimed_by, due_at=timezone.now(), counted=False
    )

    drain()
    Notification.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    drain()

    row.refresh_from_db()
    assert row.status == Status.ACCEPTED
    assert len(emulator.messages()) == 1
