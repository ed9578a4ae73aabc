"""Whether a worker is fit to send."""

import pytest

from notifications import vault
from notifications.models import Worker
from notifications.queue import workers
from notifications.queue.holding import obstacles
from notifications.queue.holding.obstacles import Meaning


@pytest.fixture
def good(settings):
    return Worker(name="good:1", version=settings.VERSION, key=vault.key_fingerprint())


@pytest.fixture
def older():
    return Worker(name="older:2", version="0.0.9", key=vault.key_fingerprint())


STRANGER = Worker(name="stranger:3", version="0.0.9", key="another")


def test_without_a_worker_nothing_is_sent():
    fitness = workers.judge([])

    assert fitness.is_none_alive
    assert not fitness.can_send
    trouble = obstacles.of_workers(fitness)
    assert (trouble.code, trouble.holds_mail) == ("no_worker", True)


def test_a_worker_of_our_key_and_version_is_fit(good):
    fitness = workers.judge([good])

    assert fitness.is_fit
    assert obstacles.of_workers(fitness) is None


def test_a_worker_of_another_version_sends_but_is_not_called_fit(older):
    fitness = workers.judge([older])

    assert fitness.can_send
    assert not fitness.is_fit
    trouble = obstacles.of_workers(fitness)
    assert (trouble.code, trouble.holds_mail) == ("worker_version_differs", False)
    assert "older:2 (0.0.9)" in trouble.text


def test_a_worker_of_another_key_cannot_send():
    fitness = workers.judge([STRANGER])

    assert not fitness.can_send
    trouble = obstacles.of_workers(fitness)
    assert (trouble.code, trouble.holds_mail) == ("worker_key_differs", True)
    assert "stranger:3" in trouble.text


def test_one_fit_worker_is_enough_and_the_worst_of_the_others_is_named(good, older):
    fitness = workers.judge([STRANGER, older, good])

    assert fitness.is_fit
    trouble = obstacles.of_workers(fitness)
    assert (trouble.code, trouble.holds_mail) == ("worker_key_differs", False)
    assert trouble.meaning is Meaning.NEEDS_YOU
    assert "stranger:3" in trouble.text
    assert "good:1" not in trouble.text


def test_mail_flows_while_one_worker_has_our_key(older):
    trouble = obstacles.of_workers(workers.judge([STRANGER, older]))

    assert (trouble.code, trouble.holds_mail) == ("worker_key_differs", False)
