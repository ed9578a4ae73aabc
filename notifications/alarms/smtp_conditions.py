"""The alarms of the SMTP listener: which should stand now."""

from datetime import datetime, timedelta

from django.db.models import F
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from notifications.models import Notification, SmtpClient, SmtpListener, SmtpSettings
from notifications.models.alarms.alarm import AlarmCode
from notifications.models.status import Status
from notifications.queue.holding import smtp_certificate
from notifications.queue.holding.obstacles import Obstacle, Place
from notifications.queue.holding.smtp_certificate import Certificate

START_IT = _("Start “manage.py smtp”, and see on E-mail > SMTP what it says.")
_NEARLY = 0.8
_EXPIRED_WITHIN = timedelta(days=1)


def current(*, now: datetime) -> dict[AlarmCode, Certificate | None]:
    """Return the alarms, with the certificate where that is the cause."""
    found: dict[AlarmCode, Certificate | None] = {}
    if _has_expired(now):
        found[AlarmCode.SMTP_EXPIRED] = None
    if not _is_wanted():
        return found
    listening = SmtpListener.objects.listening(now=now)
    if not listening:
        found[AlarmCode.SMTP_SILENT] = None
    certificate = smtp_certificate.of_listeners(listening)
    if certificate.stage(now) is not None:
        found[AlarmCode.SMTP_CERTIFICATE] = certificate
    if _is_nearly_full(now):
        found[AlarmCode.SMTP_RECIPIENTS] = None
    return found


def silence(*, now: datetime) -> list[Obstacle]:
    """Return the obstacle of a listener that should listen and is not heard of, or nothing."""
    if not _is_wanted() or SmtpListener.objects.listening(now=now):
        return []
    code = AlarmCode.SMTP_SILENT
    return [Obstacle(code, str(code.label), gettext(START_IT), Place.SMTP, holds_mail=False)]


def _is_wanted() -> bool:
    return SmtpSettings.objects.current().is_on and SmtpClient.objects.usable().exists()


def _is_nearly_full(now: datetime) -> bool:
    limit = F("recipients_a_day") * _NEARLY
    today = SmtpClient.objects.usable().filter(day=now.date(), recipients_today__gte=limit)
    return today.exists()


def _has_expired(now: datetime) -> bool:
    expired = Notification.objects.filter(
        status=Status.EXPIRED, taken_out_at__gte=now - _EXPIRED_WITHIN
    )
    return expired.exclude(raw_path="").exists()
