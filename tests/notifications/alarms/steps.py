"""An installation whose alarms are looked after."""

from datetime import timedelta

from django.utils import timezone

from notifications import vault
from notifications.alarms import watch as alarms
from notifications.models import Alarm, Callback, EmailSettings, QueueState, Worker

SECRET = "alarm-s3cret-of-the-desk"
NOW = timezone.now()  # and no fixed date: once a call was made the product reads the clock itself
MINUTE = timedelta(minutes=1)


def make_healthy(settings):
    """Make an installation without alarms; they would go to an address that nobody reads."""
    settings.CLOUD = "emulator"
    Worker.objects.saw("w", version="1", key="k", now=NOW)
    QueueState.objects.create(pk=1)
    EmailSettings.objects.update(
        alarm_url="http://localhost:9/hook", alarm_secret=vault.seal(SECRET)
    )


def watch(now=NOW):
    """Look once; return the codes of the alarms that then stand."""
    Worker.objects.filter(seen_at__gt=NOW - MINUTE).update(seen_at=now)
    alarms.watch(now=now)
    return set(Alarm.objects.standing().values_list("code", flat=True))


def events():
    return list(Callback.objects.order_by("pk").values_list("event", "alarm__code"))
