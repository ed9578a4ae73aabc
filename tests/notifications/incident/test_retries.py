"""What became of notifications that were put back together."""

from datetime import timedelta

import pytest

from notifications import outbox
from notifications.incident import retries
from notifications.models import BulkRetry, Notification
from tests import factories

pytestmark = pytest.mark.django_db


def failed(number):
    pks = [factories.enqueue().pk for _ in range(number)]
    rows = Notification.objects.filter(pk__in=pks)
    rows.update(status="failed", error="Refused.", error_code="X")
    return rows


def test_sent_left_and_failed_again_are_counted_with_the_reason(now):
    rows = failed(6)
    outbox.retry(rows, by="olga", code="X", error="Refused.")
    first, second, third, *_others = rows
    Notification.objects.filter(pk=first.pk).update(status="accepted", accepted_at=now)
    Notification.objects.filter(pk=second.pk).update(
        status="failed", error="A recipient was refused.", error_code="ErrorInvalidRecipients"
    )
    Notification.objects.filter(pk=third.pk).update(status="unconfirmed")

    (found,) = retries.recent(now=now)

    assert (found.total, found.sent, found.failed, found.unconfirmed) == (6, 1, 1, 1)
    assert (found.left, found.done) == (3, 3)
    assert found.retry.by == "olga"
    assert found.cause == "Refused."
    (again,) = found.failed_again
    assert (again.count, again.code, again.text) == (
        1, "ErrorInvalidRecipients", "A recipient was refused.",
    )  # fmt: skip


def test_what_expired_or_was_cancelled_meanwhile_is_counted_too(now):
    rows = failed(4)
    Notification.objects.filter(pk=rows[0].pk).update(expires_at=now - timedelta(hours=1))
    outbox.retry(Notification.objects.all(), by="olga")
    Notification.objects.filter(pk=rows[1].pk).update(status="expired")
    Notification.objects.filter(pk=rows[2].pk).update(status="cancelled")

    (found,) = retries.recent(now=now)

    assert (found.expired, found.cancelled, found.left) == (2, 1, 1)


def test_one_that_is_retried_again_counts_in_the_newer_retry(now):
    rows = failed(2)
    outbox.retry(rows, by="olga")
    rows.filter(pk=rows[0].pk).update(status="failed")

    outbox.retry(rows, by="megan")

    assert [(each.retry.by, each.total) for each in retries.recent(now=now)] == [
        ("megan", 1),
        ("olga", 1),
    ]


@pytest.mark.parametrize(("status", "shown"), [("accepted", 0), ("pending", 1)])
def test_an_old_one_is_shown_only_while_something_is_left(now, status, shown):
    rows = failed(1)
    outbox.retry(rows, by="olga")
    BulkRetry.objects.update(at=now - timedelta(days=1))
    accepted_at = now if status == "accepted" else None
    rows.update(status=status, accepted_at=accepted_at)

    assert len(retries.recent(now=now)) == shown


def test_1200_cost_three_queries(now, django_assert_max_num_queries):
    row = factories.enqueue()
    bulk = BulkRetry.objects.create(by="olga", count=1200)
    values = {"status": "failed", "error": "Refused.", "bulk_retry": bulk, "cloud": row.cloud}
    Notification.objects.bulk_create(
        Notification(message_id=f"<{n}@x>", **values) for n in range(1200)
    )

    with django_assert_max_num_queries(3):
        (found,) = retries.recent(now=now)

    assert found.failed == 1200
