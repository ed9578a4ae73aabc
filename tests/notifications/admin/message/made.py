"""Messages that have come so far."""

from notifications.models import Attempt, Notification
from notifications.models.status import Status
from tests import factories


def attempt(row, at, result, **values):
    entry = Attempt(
        at=at, result=result, notification=row, message_id=row.message_id,
        subject=row.log_subject, recipients=", ".join(row.recipients),
        account="desk@contoso.example", from_address="desk@contoso.example", **values,
    )  # fmt: skip
    Attempt.objects.write([entry], again=[entry], now=at)
    return entry


def throttled(row, at):
    return attempt(row, at, "deferred", error="x", code="ApplicationThrottled", http_status=429)


def in_status(status, now, **values):
    row = factories.enqueue(**values)
    fields = {"status": status}
    if status == Status.ACCEPTED:
        fields["accepted_at"] = now
    Notification.objects.filter(pk=row.pk).update(**fields)
    row.refresh_from_db()
    return row
