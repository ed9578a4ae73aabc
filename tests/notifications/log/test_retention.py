"""What is deleted after its days, and what never is."""

from datetime import timedelta

import pytest

from notifications import outbox
from notifications.log import retention
from notifications.models import (
    Attachment,
    Attempt,
    ConnectionEvent,
    Notification,
    Retention,
    Suppression,
)
from notifications.models.attempt import Result
from notifications.models.event import EventKind
from notifications.models.status import Status
from tests import factories
from tests.notifications.attachments.steps import make_old, sweep_files

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def entry(at, **values):
    return Attempt.objects.create(**{"at": at, "result": Result.ACCEPTED} | values)


def left(at, status=Status.ACCEPTED, **changes):
    """A notification that left, or was taken out, at a time."""
    row = factories.enqueue(**changes)
    times = {
        "accepted_at": at if status == Status.ACCEPTED else None,
        "taken_out_at": None if status == Status.ACCEPTED else at,
    }
    Notification.objects.filter(pk=row.pk).update(status=status, **times)
    return row


def test_entries_and_events_go_after_their_days(now):
    entry(now - 91 * DAY, subject="old")
    entry(now - 89 * DAY, subject="new")
    for age in (91, 89):
        ConnectionEvent.objects.create(kind=EventKind.PAUSED, at=now - age * DAY)

    assert retention.purge(now=now)

    assert Attempt.objects.get().subject == "new"
    assert ConnectionEvent.objects.count() == 1


def test_the_days_are_those_that_are_set(now):
    Retention.objects.save_days(entry_days=5, content_days=2, by="megan", now=now)
    entry(now - 6 * DAY)
    left(now - 3 * DAY)

    retention.purge(now=now)

    assert not Attempt.objects.exists()
    assert not Notification.objects.exists()


@pytest.mark.parametrize("status", [Status.ACCEPTED, Status.CANCELLED, Status.EXPIRED])
def test_what_has_left_goes_after_its_days_and_its_entries_stay(now, status):
    gone = left(now - 31 * DAY, status, files=[factories.new_file()])
    kept = left(now - 29 * DAY, status)
    entry(now - 31 * DAY, notification=gone)

    retention.purge(now=now)

    assert Notification.objects.get() == kept
    assert not Attachment.objects.exists()
    assert Attempt.objects.get().notification is None


@pytest.mark.parametrize("status", [Status.PENDING, Status.FAILED, Status.UNCONFIRMED])
def test_what_waits_is_never_deleted_however_old(now, status):
    row = factories.enqueue(files=[factories.new_file()])
    long_ago = now - 4000 * DAY
    Notification.objects.filter(pk=row.pk).update(
        status=status, queued_at=long_ago, due_at=long_ago
    )
    make_old(row.attachments.get().path, now=now)

    retention.purge(now=now)
    sweep_files(now)

    assert factories.content_of(row.attachments.get())


def test_deleting_from_the_queue_begins_the_days(now):
    row = factories.enqueue()
    Notification.objects.filter(pk=row.pk).update(queued_at=now - 400 * DAY)
    outbox.cancel(Notification.objects.all())

    retention.purge(now=now + 29 * DAY)
    assert Notification.objects.exists()

    retention.purge(now=now + 31 * DAY)
    assert not Notification.objects.exists()


def test_a_turn_ends_in_time_and_the_next_goes_on(now, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    for _i in range(5):
        entry(now - 91 * DAY)

    assert not retention.purge(now=now, turn=timedelta(seconds=-1))
    assert Attempt.objects.count() == 3

    assert retention.purge(now=now)
    assert not Attempt.objects.exists()


def test_a_step_asks_the_same_number_of_times_whatever_it_deletes(
    now, django_assert_max_num_queries
):
    for _i in range(30):
        row = left(now - 31 * DAY, html="x" * 1000, files=[factories.new_file()])
        entry(now, notification=row)
    rows = Notification.objects.order_by("accepted_at")

    with django_assert_max_num_queries(12) as asked:
        retention._delete_some(rows)

    assert not Notification.objects.exists()
    assert not any('"html"' in query["sql"] for query in asked.captured_queries)


def test_clearing_is_done_once(now):
    assert Retention.objects.clear(until=now)
    assert not Retention.objects.clear(until=now)
    assert not Retention.objects.clear(until=now - DAY)


def test_cleared_entries_are_hidden_at_once_and_go_when_a_day_old(now):
    entry(now - 2 * DAY, subject="old")
    entry(now, subject="counts for the recipients of the day")
    entry(now + timedelta(microseconds=1), subject="later")
    Retention.objects.clear(until=now)

    retention.purge(now=now)
    assert {row.subject for row in Attempt.objects.shown()} == {"later"}
    assert Attempt.objects.count() == 2

    retention.purge(now=now + DAY + timedelta(microseconds=1))
    assert Attempt.objects.get().subject == "later"


def test_an_address_leaves_the_suppression_list_when_its_days_are_over(now):
    for name, until in (("gone", now - DAY), ("later", now + DAY), ("kept", None)):
        Suppression.objects.create(address=f"{name}@fabrikam.example", until=until)

    assert retention.purge(now=now)

    left_over = set(Suppression.objects.values_list("address", flat=True))
    assert left_over == {"later@fabrikam.example", "kept@fabrikam.example"}
