"""Steps of the tests of alarms."""

from datetime import timedelta

from django.utils import timezone

from notifications.alarms import watch as alarms
from notifications.models import Alarm, Callback, Worker

NOW = timezone.now()  # and no fixed date: once a call was made the product reads the clock itself
MINUTE = timedelta(minutes=1)


def watch(now=NOW):
    """Look once; return the codes of the alarms that then stand."""
    Worker.objects.filter(seen_at__gt=NOW - MINUTE).update(seen_at=now)
    alarms.watch(now=now)
    return set(Alarm.objects.standing().values_list("code", flat=True))


def events(channel=None):
    calls = Callback.objects.filter(channel=channel) if channel else Callback.objects.all()
    return list(calls.order_by("pk").values_list("event", "alarm__code"))
