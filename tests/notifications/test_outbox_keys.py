"""Idempotency keys: the same key queues one notification, whoever asks how often."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction

from notifications import outbox
from notifications.errors import InvalidNotification
from notifications.models import (
    ApiNotification,
    Notification,
)
from tests import factories

pytestmark = pytest.mark.django_db


def test_the_same_key_gives_the_same_notification():
    first = factories.enqueue(key="ticket-17")
    second = factories.enqueue(key="ticket-17")

    assert first.pk == second.pk
    assert Notification.objects.count() == 1


def test_the_same_key_with_other_content_is_an_error():
    factories.enqueue(key="ticket-17")

    with pytest.raises(InvalidNotification, match="different content"):
        factories.enqueue(key="ticket-17", text="Something else")


def of_application(api_key, **changes):
    return outbox.enqueue(factories.new(**changes), initiator="test", api_key=api_key)


def test_the_keys_of_applications_and_of_other_callers_do_not_meet():
    desk, intranet = (factories.api_key()[0] for _ in range(2))

    rows = [
        of_application(desk, key="k"),
        of_application(intranet, key="k"),
        of_application(desk),
        of_application(desk),
        factories.enqueue(key="k"),
    ]

    assert len({row.pk for row in rows}) == 5
    again = of_application(desk, key="k")
    assert (again.pk, again.was_queued_before) == (rows[0].pk, True)
    assert Notification.objects.count() == 5


def test_an_applications_key_with_other_content_is_an_error_that_names_it_and_leaves_nothing():
    desk, _token = factories.api_key()
    of_application(desk, key="k")

    with pytest.raises(InvalidNotification, match="“k” was already used"):
        of_application(desk, key="k", text="Something else")

    assert Notification.objects.count() == ApiNotification.objects.count() == 1


def test_the_database_keeps_a_key_of_an_application_once():
    desk, _token = factories.api_key()
    of_application(desk, key="k")

    with pytest.raises(IntegrityError), transaction.atomic():
        ApiNotification.objects.create(notification=factories.enqueue(), api_key=desk, key="k")


def test_no_question_is_asked_before_a_key_is_tried(unconnected, django_assert_num_queries):
    desk, _token = factories.api_key()
    factories.enqueue()

    with django_assert_num_queries(6):  # two savepoints, and two INSERTs between them
        of_application(desk, key="k")


@pytest.mark.django_db(transaction=True)
def test_a_key_that_comes_many_times_at_once_is_queued_once():
    desk, _token = factories.api_key()

    def enqueue(_number):
        try:
            return of_application(desk, key="k", files=[factories.new_file()])
        finally:
            connection.close()

    # SQLite in memory lets nobody wait for another: there they come one after the other.
    at_once = 8 if connection.vendor == "postgresql" else 1
    with ThreadPoolExecutor(at_once) as pool:
        rows = list(pool.map(enqueue, range(16)))

    row = Notification.objects.get()
    assert {each.pk for each in rows} == {row.pk}
    assert [each.was_queued_before for each in rows].count(False) == 1
    assert (row.came_with.key, row.attachments.count()) == ("k", 1)
