"""When the owner of the sender threads is handed what they did."""

from datetime import timedelta
from threading import Event

import pytest

from notifications.backends.base import Receipt
from notifications.backends.errors import Answer, PermanentError
from notifications.queue import senders
from notifications.queue.senders import Checkpoint, Finished, Job, Sender
from tests.waiting import PATIENCE

SOON = timedelta(seconds=PATIENCE)
ACCEPTED = Receipt(Answer(202), "utf-8", 100, "")


class Backend:
    """The message is what to do: an outcome, or an Event to wait for before it is accepted."""

    def send(self, message, *, resume="", checkpoint):
        if isinstance(message, Event):
            message.wait(PATIENCE)
            return ACCEPTED
        if message == "checkpoint":
            checkpoint("reference")
            return ACCEPTED
        if isinstance(message, Exception):
            raise message
        return message


@pytest.fixture
def sender(monkeypatch):
    """Results wait for ever, if nothing else makes them due; one message is under way."""
    monkeypatch.setattr(senders, "_RESULTS_WAIT", 1000)
    sender, until = Sender(Backend()), Event()
    sender.start(Job(1, until))
    yield sender
    until.set()
    sender.close()


def start_one_that_ends(sender, pk=2):
    sender.start(Job(pk, ACCEPTED))
    return sender.events(SOON)


def handed(events):
    return [event.pk if isinstance(event, Checkpoint) else event.job.pk for event in events]


def test_a_result_waits_for_others_as_long_as_something_is_under_way(sender):
    assert start_one_that_ends(sender) == []


def test_a_result_does_not_wait_for_ever(sender, monkeypatch):
    monkeypatch.setattr(senders, "_RESULTS_WAIT", 0)

    assert handed(start_one_that_ends(sender)) == [2]


def test_enough_results_are_handed_over(sender, monkeypatch):
    monkeypatch.setattr(senders, "_MOST_RESULTS", 2)

    assert start_one_that_ends(sender, pk=2) == []
    assert handed(start_one_that_ends(sender, pk=3)) == [2, 3]


def test_an_error_does_not_wait_and_takes_the_results_before_it_along(sender):
    assert start_one_that_ends(sender) == []
    sender.start(Job(3, PermanentError(Answer(400))))

    assert handed(sender.events(SOON)) == [2, 3]


def test_a_checkpoint_does_not_wait_for_results(sender):
    assert start_one_that_ends(sender) == []
    sender.start(Job(3, "checkpoint"))

    (checkpoint,) = sender.events(SOON)

    assert (type(checkpoint), checkpoint.pk) == (Checkpoint, 3)
    checkpoint.confirm(kept=True)


def test_the_last_results_do_not_wait(monkeypatch):
    monkeypatch.setattr(senders, "_RESULTS_WAIT", 1000)
    sender = Sender(Backend())

    (event,) = start_one_that_ends(sender)

    assert isinstance(event, Finished)
    sender.close()


@pytest.mark.parametrize(
    ("done", "seconds", "expected"),
    [
        (0, 0.0, senders.THREADS * 3),
        (5, 0.0, senders.THREADS * 3),
        (40, 1.0, senders.THREADS * 3),
        (300, 1.0, 150),
        (1000, 0.1, senders.MOST_CLAIMED),
    ],
)
def test_so_many_are_claimed_as_leave_in_half_a_second(done, seconds, expected):
    assert senders.capacity(done, seconds) == expected
