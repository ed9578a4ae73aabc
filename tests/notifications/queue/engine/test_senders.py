"""When the owner of the sender threads is handed what they did."""

from datetime import timedelta
from threading import Event

import pytest

from notifications.backends.base import Receipt
from notifications.backends.errors import Answer, PermanentError
from notifications.queue.engine import gathering, senders
from notifications.queue.engine.gathering import Finished, Job, ReferenceToKeep
from notifications.queue.engine.senders import Senders
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
def threads(monkeypatch):
    """Results wait for ever, if nothing else makes them due; one message is under way."""
    monkeypatch.setattr(gathering, "_RESULTS_WAIT", 1000)
    threads, until = Senders(Backend()), Event()
    threads.start(Job(1, until))
    yield threads
    until.set()
    threads.close()


def start_one_that_ends(threads, pk=2):
    threads.start(Job(pk, ACCEPTED))
    return threads.events(SOON)


def handed(events):
    return [event.pk if isinstance(event, ReferenceToKeep) else event.job.pk for event in events]


def test_a_result_waits_for_others_as_long_as_something_is_under_way(threads):
    assert start_one_that_ends(threads) == []


def test_a_result_does_not_wait_for_ever(threads, monkeypatch):
    monkeypatch.setattr(gathering, "_RESULTS_WAIT", 0)

    assert handed(start_one_that_ends(threads)) == [2]


def test_enough_results_are_handed_over(threads, monkeypatch):
    monkeypatch.setattr(gathering, "_MOST_RESULTS", 2)

    assert start_one_that_ends(threads, pk=2) == []
    assert handed(start_one_that_ends(threads, pk=3)) == [2, 3]


def test_an_error_does_not_wait_and_takes_the_results_before_it_along(threads):
    assert start_one_that_ends(threads) == []
    threads.start(Job(3, PermanentError(Answer(400))))

    assert handed(threads.events(SOON)) == [2, 3]


def test_a_reference_does_not_wait_for_results(threads):
    assert start_one_that_ends(threads) == []
    threads.start(Job(3, "checkpoint"))

    (reference,) = threads.events(SOON)

    assert (type(reference), reference.pk) == (ReferenceToKeep, 3)
    reference.confirm(kept=True)


def test_the_last_results_do_not_wait(monkeypatch):
    monkeypatch.setattr(gathering, "_RESULTS_WAIT", 1000)
    threads = Senders(Backend())

    (event,) = start_one_that_ends(threads)

    assert isinstance(event, Finished)
    threads.close()


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
