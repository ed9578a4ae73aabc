"""Carried messages that were too old to be sent: each has an entry in the log that says so."""

from datetime import datetime, timedelta

from notifications.backends.errors import Answer
from notifications.backends.explanations.explain import explain
from notifications.log import entries
from notifications.models import Attempt, Notification
from notifications.models.status import Status

_CODE = "SmtpExpired"
# What expired longer ago was looked at often.
_RECENT = timedelta(days=1)
_AT_ONCE = 500


def log_expired(*, now: datetime) -> None:
    """Write the entries that are missing."""
    recent = Notification.objects.filter(
        status=Status.EXPIRED, taken_out_at__gte=now - _RECENT
    ).exclude(raw_path="")
    noted = Attempt.objects.filter(notification__in=recent, code=_CODE).values("notification")
    error = explain(Answer(code=_CODE)).happened
    Attempt.objects.bulk_create(
        entries.without_message(row, error=error, code=_CODE, account="", now=now)
        for row in recent.exclude(pk__in=noted)[:_AT_ONCE]
    )
