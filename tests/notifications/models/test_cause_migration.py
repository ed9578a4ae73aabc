"""A database of before a row kept the code of its error."""

from datetime import timedelta

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from notifications.models import Notification

BEFORE = [("notifications", "0021_bind_sealed_values")]


def test_what_has_failed_gets_the_code_of_its_newest_log_entry(before, now):
    apps, newest = before
    rows = apps.get_model("notifications", "Notification").objects
    attempt = apps.get_model("notifications", "Attempt")
    attempt.search_text = lambda _self: ""  # a historical model has no methods
    entries = attempt.objects
    failed = rows.create(status="failed", message_id="<1@x>", error="Refused.")
    rows.create(status="failed", message_id="<2@x>", error="Nothing is known of it.")
    rows.create(status="pending", message_id="<3@x>")
    for minutes, code in ((1, "ErrorSendAsDenied"), (2, "ApplicationThrottled")):
        entries.create(
            notification_id=failed.pk,
            at=now - timedelta(minutes=minutes),
            result="failed",
            code=code,
            http_status=400,
        )

    MigrationExecutor(connection).migrate(newest)

    assert set(Notification.objects.values_list("message_id", "error_code", "error_status")) == {
        ("<1@x>", "ErrorSendAsDenied", 400),
        ("<2@x>", "", 0),
        ("<3@x>", "", 0),
    }
