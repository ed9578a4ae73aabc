"""Steps of the tests of alarms."""

from datetime import UTC, datetime, timedelta

from notifications.alarms import watch as alarms
from notifications.models import Alarm, Callback, Worker

SECRET = "alarm-s3cret-of-the-desk"
NOW = datetime(2026, 11, 24, 15, 7, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def watch(now=NOW):
    """The codes that stand afterwards."""
    Worker.objects.filter(seen_at__gt=NOW - MINUTE).update(seen_at=now)
    alarms.watch(now=now)
    return set(Alarm.objects.standing().values_list("code", flat=True))


def events():
    return list(Callback.objects.order_by("pk").values_list("event", "alarm__code"))
