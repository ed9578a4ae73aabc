"""When the owner of the sender threads is handed what they did."""

from datetime import timedelta
from queue import Empty, SimpleQueue
from threading import Event
from types import SimpleNamespace

import pytest

from notifications.backends.base import Receipt
from notifications.backends.errors import Answer, PermanentError
from notifications.queue.engine import gathering
from notifications.queue.engine.jobs import Finished, Job, Outlet, ReferenceToKeep
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
    threads, until = Senders(), Event()
    start(threads, 1, until)
    yield threads
    until.set()
    threads.close()


def start(threads, pk, message, outlet=None):
    threads.start(Job(outlet or Outlet(Backend(), most=1), pk, message))


def start_one_that_ends(threads, pk=2):
    start(threads, pk, ACCEPTED)
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
    start(threads, 3, PermanentError(Answer(400)))

    assert handed(threads.events(SOON)) == [2, 3]


def test_a_reference_does_not_wait_for_results(threads):
    assert start_one_that_ends(threads) == []
    start(threads, 3, "checkpoint")

    (reference,) = threads.events(SOON)

    assert (type(reference), reference.pk) == (ReferenceToKeep, 3)
    reference.confirm(kept=True)


def test_references_do_not_wait_for_others_once_every_thread_has_one(monkeypatch):
    asked = []

    class Told(SimpleQueue):
        def get(self, **options):
            asked.append(options)
            return super().get(**options)

    monkeypatch.setattr(gathering, "queue", SimpleNamespace(SimpleQueue=Told, Empty=Empty))
    threads, outlet = Senders(), Outlet(Backend(), most=2)
    for pk in range(5):
        start(threads, pk, "checkpoint", outlet)

    references = threads.events(SOON)

    assert sorted(handed(references)) == [0, 1]
    assert len(asked) == len(references)
    threads.give_back(outlet)
    for reference in references:
        reference.confirm(kept=True)
    threads.close()


def test_the_last_results_do_not_wait(monkeypatch):
    monkeypatch.setattr(gathering, "_RESULTS_WAIT", 1000)
    threads = Senders()

    (event,) = start_one_that_ends(threads)

    assert isinstance(event, Finished)
    threads.close()


def test_an_outlet_does_not_take_the_threads_of_another():
    threads, until = Senders(), Event()
    slow = Outlet(Backend(), most=2)
    for pk in range(10):
        start(threads, pk, until, slow)

    events = start_one_that_ends(threads, pk=11)

    assert handed(events or threads.events(SOON)) == [11]
    until.set()
    threads.close()


def test_what_no_thread_has_begun_is_given_back_and_never_done(threads):
    until = Event()
    outlet = Outlet(Backend(), most=1)
    for pk in (2, 3, 4):
        start(threads, pk, until, outlet)

    given_back = [job.pk for job in threads.give_back(outlet)]
    until.set()

    assert set(given_back) >= {3, 4}
    assert outlet.under_way == 3 - len(given_back)
