"""How long something has waited, and what only waits for its time."""

from datetime import timedelta

import pytest

from notifications.models import Attempt, EmailSettings, Notification
from tests import factories

from .places import metrics, page, status
from .situations import WAITED

pytestmark = pytest.mark.django_db


def test_a_scheduled_one_is_counted_apart_and_is_not_old(healthy, client, megan, now):
    at = now + timedelta(hours=9)
    for _ in range(8):
        factories.enqueue(due_at=at)
    Notification.objects.update(queued_at=now - timedelta(days=2))

    found = status()

    assert (found["scheduled"], found["next_scheduled_at"]) == (8, at.isoformat())
    assert found["counts"]["pending"] == 8
    assert (found["oldest_pending_at"], found["oldest_pending_seconds"]) == (None, None)
    assert found["empty_at"] is None
    assert found["obstacles"] == []
    text = page(megan, "/notifications/notification/")
    assert "8 scheduled, next" in text
    assert "will be empty" not in text
    assert "waiting, the oldest" not in text
    assert "Oldest pending since" not in page(megan, "/")
    told = metrics(client)
    assert "mailconnector_oldest_pending_seconds 0.0" in told
    assert "mailconnector_scheduled 8.0" in told


def test_ages_count_from_the_time_that_a_message_was_due(healthy, now):
    factories.enqueue(due_at=now + timedelta(minutes=3))
    due_at = now - timedelta(minutes=3)
    Notification.objects.update(
        queued_at=now - timedelta(days=2), scheduled_for=due_at, due_at=due_at
    )

    assert 180 <= status()["oldest_pending_seconds"] < 240


def test_a_try_that_fails_by_itself_makes_a_message_no_younger(healthy, now):
    row = factories.enqueue()
    Notification.objects.filter(pk=row.pk).update(
        queued_at=now - timedelta(hours=5), due_at=now + timedelta(minutes=30), attempts=4
    )

    found = status()

    assert found["oldest_pending_seconds"] >= 5 * 3600
    assert found["scheduled"] == 0
    assert found["obstacles"] == []  # it is tried again at its time


def test_after_retry_all_nothing_is_called_old(healthy, megan, now):
    for _ in range(3):
        factories.enqueue()
    Notification.objects.update(status="failed", queued_at=now - WAITED, due_at=now - WAITED)

    megan.post(
        "/notifications/notification/all/retry/?status__exact=failed",
        {"newest": Notification.objects.latest("pk").pk},
    )

    found = status()
    assert found["counts"]["pending"] == 3
    assert found["oldest_pending_seconds"] < 60
    assert found["obstacles"] == []


def test_send_now_makes_what_waits_no_younger_while_nothing_can_be_tried(healthy, megan, now):
    EmailSettings.objects.update(service="none")
    for at in (None, now + timedelta(hours=9)):
        factories.enqueue(due_at=at)
    Notification.objects.update(queued_at=now - WAITED)

    for address in ("?status__exact=pending", "?tab=scheduled"):
        megan.post(
            f"/notifications/notification/all/send_now/{address}",
            {"newest": Notification.objects.latest("pk").pk, "scheduled": "yes"},
        )

    found = status()
    assert found["scheduled"] == 0
    assert found["oldest_pending_seconds"] >= WAITED.total_seconds()
    waits = {row.pk: row.retried_at for row in Notification.objects.all()}
    assert [bool(waits[pk]) for pk in sorted(waits)] == [False, True]


def test_a_hint_about_old_mail_points_at_nothing_that_is_not_there(healthy, now):
    factories.enqueue()
    Notification.objects.update(queued_at=now - WAITED, due_at=now - WAITED)

    (stands,) = status()["obstacles"]
    assert stands["code"] == "no_progress"

    Attempt.objects.create(at=now, result="deferred")
    (old,) = status()["obstacles"]
    assert old["code"] == "old"
    assert "above" not in old["what_to_do"]
