"""One loop serves many mailboxes, and none of them waits for another."""

import threading
from datetime import timedelta
from threading import Event

import pytest
from django.utils import timezone

from notifications.backends.base import Outcome
from notifications.mailbox.connection import Connection
from notifications.models import EmailSettings, MicrosoftAccount, Notification
from notifications.models.status import Status
from notifications.queue.engine import drain as delivery
from notifications.queue.engine import turn
from notifications.queue.engine.mailbox import Mailbox
from tests import factories
from tests.waiting import PATIENCE, wait_until

from .answering_backend import Backend

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESSES = ("one@contoso.example", "two@contoso.example")


class Supplied(Mailbox):
    def is_current(self):
        return True


@pytest.fixture
def backends(connected, monkeypatch):
    """Each address has a mailbox, and a backend that says what a test wants to hear."""
    account = MicrosoftAccount.objects.get()
    for address in ADDRESSES:
        account.pk, account.address = None, address
        account.save()
    backends = {address: Backend() for address in ADDRESSES}
    monkeypatch.setattr(
        Connection, "open", lambda _self, account, **_options: backends[account.address]
    )
    return backends


def among():
    settings = EmailSettings.objects.current()
    return [
        Supplied(settings, account, Notification.objects.filter(subject__endswith=account.address))
        for account in MicrosoftAccount.objects.filter(address__in=ADDRESSES)
    ]


def drain(**options):
    return delivery.drain(worker="test:1", among=among, **options)


def enqueue(word, address):
    return factories.enqueue(subject=f"{word} {address}")


def until_accepted(row, then):
    """Do something once the row has been accepted; meant to be asked again and again."""

    def is_wanted():
        if Notification.objects.filter(pk=row.pk, status=Status.ACCEPTED).exists():
            then()
        return False

    return is_wanted


def test_each_message_leaves_by_its_own_mailbox(backends):
    rows = [enqueue(word, address) for word in ("a", "b", "c") for address in ADDRESSES]
    for address, backend in backends.items():
        backend.by_subject = {
            row.subject: f"draft at {address}" for row in rows if address in row.subject
        }

    assert drain() is None

    assert {row.status for row in Notification.objects.all()} == {Status.ACCEPTED}
    assert {row.subject.split()[1]: row.reference for row in Notification.objects.all()} == {
        address: f"draft at {address}" for address in ADDRESSES
    }
    assert not MicrosoftAccount.objects.exclude(lane_owner="").exists()


@pytest.mark.parametrize("asks", [False, True], ids=["sends", "asks about a doubt"])
def test_a_mailbox_that_gets_no_answer_keeps_no_other_waiting(backends, asks):
    slow, (first, second) = Event(), ADDRESSES
    hung, good = enqueue("hung", first), enqueue("good", second)
    if asks:
        past = timezone.now() - timedelta(minutes=1)
        Notification.objects.claim([hung.pk], worker="dead", now=past, lease=timedelta(0))
        Notification.objects.keep_references({hung.pk: "r"}, worker="dead")
        backends[first].settle = lambda *_a, **_o: slow.wait(PATIENCE) and Outcome.SENT
    else:
        backends[first].by_subject[hung.subject] = slow

    drain(is_wanted=until_accepted(good, slow.set))

    # It would have been given up after PATIENCE, and the row be in doubt.
    assert slow.is_set()
    assert {row.status for row in (hung, good) if not row.refresh_from_db()} == {Status.ACCEPTED}


def test_a_fault_with_one_mailbox_leaves_the_mail_of_another_alone(backends, monkeypatch):
    first, second = ADDRESSES
    rows = [enqueue("x", first), enqueue("x", second)]
    finish = turn.Turn._finish

    def broken(self, row, event):
        if first in row.subject:
            raise ZeroDivisionError
        finish(self, row, event)

    monkeypatch.setattr(turn.Turn, "_finish", broken)
    enqueue("later", second)

    with pytest.raises(ZeroDivisionError):
        drain()

    assert Notification.objects.get(pk=rows[1].pk).status == Status.ACCEPTED
    assert Notification.objects.get(subject__startswith="later").status == Status.ACCEPTED
    assert not MicrosoftAccount.objects.exclude(lane_owner="").exists()


def test_lanes_that_cannot_be_left_keep_neither_one_another_nor_the_threads(backends, monkeypatch):
    second = ADDRESSES[1]
    rows = [enqueue("x", address) for address in ADDRESSES]
    leave, before = turn.Turn.leave, set(threading.enumerate())

    def broken(self, **options):
        if self.lane.account.address == second:
            leave(self, **options)
        raise ZeroDivisionError

    monkeypatch.setattr(turn.Turn, "leave", broken)

    with pytest.raises(ZeroDivisionError):
        drain()

    assert {row.status for row in rows if not row.refresh_from_db()} == {Status.ACCEPTED}
    assert MicrosoftAccount.objects.get(address=second).lane_owner == ""
    assert wait_until(
        lambda: not [t for t in set(threading.enumerate()) - before if "sender" in t.name]
    )


def test_what_is_queued_while_the_loop_runs_leaves_without_another_drain(backends):
    slow, (first, second) = Event(), ADDRESSES
    backends[first].by_subject[f"slow {first}"] = slow
    enqueue("slow", first)
    queued = []

    def is_wanted():
        if not queued:
            queued.append(enqueue("meanwhile", second))
            return True
        queued[0].refresh_from_db()
        if queued[0].status == Status.ACCEPTED:
            slow.set()
        return False

    drain(is_wanted=is_wanted)

    assert slow.is_set()
    assert {row.status for row in Notification.objects.all()} == {Status.ACCEPTED}
