"""Entries that were written before the log had its search index."""

from datetime import timedelta

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from notifications.log.query import LogQuery
from notifications.models import Attempt

BEFORE = [("notifications", "0007_retention")]


def test_the_subject_of_a_sensitive_notification_leaves_the_log(before, now):
    apps, newest = before
    row = apps.get_model("notifications", "Notification").objects.create(
        sensitive=True, cloud="custom", message_id="<1@x>", subject="Secret"
    )
    apps.get_model("notifications", "Attempt").objects.create(
        at=now, result="accepted", subject="Secret", notification=row
    )

    MigrationExecutor(connection).migrate(newest)

    entry = Attempt.objects.get()
    assert entry.subject == "(sensitive)"
    assert entry.search == entry.search_text()


def test_recipients_of_the_last_day_are_counted_and_older_ones_left(before):
    apps, newest = before
    old = apps.get_model("notifications", "Attempt")
    for hours in (1, 25):
        old.objects.create(
            at=timezone.now() - timedelta(hours=hours),
            result="accepted",
            recipients="a@x.example, b@x.example",
        )

    MigrationExecutor(connection).migrate(newest)

    assert [row.recipient_count for row in Attempt.objects.order_by("-at")] == [2, 1]


def test_older_entries_are_found_and_folded_as_new_ones(before, now):
    apps, newest = before
    old = apps.get_model("notifications", "Attempt")
    for i, result in enumerate(["deferred", "deferred", "accepted"]):
        old.objects.create(
            at=now + timedelta(seconds=i), result=result, subject=f"Toner {i}", message_id="<1@x>"
        )

    MigrationExecutor(connection).migrate(newest)

    query = LogQuery(text="toner")
    assert query.entries().count() == 3
    assert [row.subject for row in query.unfolded_entries()] == ["Toner 2"]
    deferred = Attempt.objects.filter(result="deferred").order_by("at")
    assert [row.superseded_at - row.at for row in deferred] == [timedelta(seconds=1)] * 2
    assert all(row.search == row.search_text() for row in Attempt.objects.all())


def test_older_entries_are_found_by_their_sender_and_their_initiator(before, now):
    apps, newest = before
    row = apps.get_model("notifications", "Notification").objects.create(
        cloud="custom", message_id="<1@x>", initiator="Ticket system"
    )
    old = apps.get_model("notifications", "Attempt").objects
    sender = '"Desk, The" <Desk@x.example>'
    old.create(at=now, result="accepted", from_address=sender, notification=row)
    old.create(at=now, result="refused", from_address="ceo@x.example", note="Initiator: Jo")
    old.create(at=now, result="failed")

    MigrationExecutor(connection).migrate(newest)

    for query, result in (
        (LogQuery(sender="desk@x.example"), "accepted"),
        (LogQuery(initiator="ticket system"), "accepted"),
        (LogQuery(initiator="Jo"), "refused"),
    ):
        assert query.entries().get().result == result
    assert all(row.search == row.search_text() for row in Attempt.objects.all())
