"""The alarms of the SMTP listener: which should stand now."""

from datetime import datetime, timedelta

from django.db.models import F

from notifications.models import Notification, SmtpClient, SmtpListener, SmtpSettings
from notifications.models.alarms.alarm import AlarmCode
from notifications.models.status import Status

# The days before the certificate's end at which it is told.
STAGES = (1, 7, 30)
_NEARLY = 0.8
_EXPIRED_WITHIN = timedelta(days=1)


def current(*, now: datetime) -> dict[AlarmCode, int | None]:
    """Return the alarms with the stage of each, where it has some."""
    found: dict[AlarmCode, int | None] = {}
    if _has_expired(now):
        found[AlarmCode.SMTP_EXPIRED] = None
    if not SmtpSettings.objects.current().is_on or not SmtpClient.objects.usable().exists():
        return found
    listening = SmtpListener.objects.listening(now=now)
    if not listening:
        found[AlarmCode.SMTP_SILENT] = None
    stage = _stage(listening, now)
    if stage is not None:
        found[AlarmCode.SMTP_CERTIFICATE] = stage
    if _is_nearly_full(now):
        found[AlarmCode.SMTP_RECIPIENTS] = None
    return found


def _stage(listening: list[SmtpListener], now: datetime) -> int | None:
    ends = [each.certificate_ends_at for each in listening if each.certificate_ends_at]
    if not ends:
        return None
    left = (min(ends) - now).days
    return next((stage for stage in STAGES if left <= stage), None)


def _is_nearly_full(now: datetime) -> bool:
    limit = F("recipients_a_day") * _NEARLY
    today = SmtpClient.objects.usable().filter(day=now.date(), recipients_today__gte=limit)
    return today.exists()


def _has_expired(now: datetime) -> bool:
    expired = Notification.objects.filter(
        status=Status.EXPIRED, taken_out_at__gte=now - _EXPIRED_WITHIN
    )
    return expired.exclude(raw_path="").exists()
