"""The alarms of the SMTP listener: which should stand now."""

from datetime import datetime, timedelta

from django.db.models import F
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from notifications.models import Notification, SmtpClient, SmtpListener, SmtpSettings
from notifications.models.alarms.alarm import AlarmCode
from notifications.models.status import Status
from notifications.queue import smtp_certificate
from notifications.queue.obstacles import Obstacle, Place

START_IT = _("Start “manage.py smtp”, and see on E-mail > SMTP what it says.")
_NEARLY = 0.8
_EXPIRED_WITHIN = timedelta(days=1)


def current(*, now: datetime) -> dict[AlarmCode, int | None]:
    """Return the alarms with the stage of each, where it has some."""
    found: dict[AlarmCode, int | None] = {}
    if _has_expired(now):
        found[AlarmCode.SMTP_EXPIRED] = None
    if not _is_wanted():
        return found
    listening = SmtpListener.objects.listening(now=now)
    if not listening:
        found[AlarmCode.SMTP_SILENT] = None
    stage = smtp_certificate.of_listeners(listening).stage(now)
    if stage is not None:
        found[AlarmCode.SMTP_CERTIFICATE] = stage
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


def obstacle(code: AlarmCode, *, now: datetime) -> Obstacle | None:
    """Return what says the cause of an alarm in the language that is active, where something
    does."""
    if code is not AlarmCode.SMTP_CERTIFICATE:
        return None
    return smtp_certificate.of_listeners(SmtpListener.objects.listening(now=now)).obstacle(now)
