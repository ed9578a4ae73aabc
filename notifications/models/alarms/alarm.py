"""What is reported to a person by another way than e-mail: raised once, cleared once."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class AlarmCode(models.TextChoices):
    SIGN_IN_REQUIRED = "sign_in_required", _("Sign-in required")
    CREDENTIAL_EXPIRED = "credential_expired", _("Application credential expired")
    CREDENTIAL_REFUSED = "credential_refused", _("Application credential refused")
    BLOCKED = "blocked", _("Blocked by Microsoft")
    NO_SERVICE = "no_service", _("E-mail is switched off")
    NOT_SIGNED_IN = "not_signed_in", _("Not signed in")
    OTHER_CLOUD = "other_cloud", _("The account was signed in at another cloud")
    CLOUD_NOT_NAMED = "cloud_not_named", _("MAILCONNECTOR_CLOUD is not set")
    CREDENTIAL_ENDS = "credential_ends", _("The application credential ends soon")
    THROTTLED = "throttled", _("Microsoft has slowed the mailbox down for over 15 minutes")
    MAILBOX_FULL = "mailbox_full", _("The mailbox is full")
    SENDER_BLOCKED = "sender_blocked", _("Exchange has blocked the mailbox from sending")
    UNREACHABLE = "unreachable", _("Microsoft has not been reached for over 15 minutes")
    PAUSED = "paused", _("The queue has been paused for over a day")
    QUEUE_OLD = (
        "queue_old",
        _("Notifications have waited more than 15 minutes for no known reason"),
    )
    NO_PROGRESS = "no_progress", _("Notifications are due, but no worker sends them")
    NO_WORKER = "no_worker", _("No worker is alive")
    BOUNCES = "bounces", _("Many messages of the last hour were not delivered")
    TRACE_REFUSED = "trace_refused", _("Microsoft has refused the message trace for over an hour")
    ACCOUNT_REPORTED = (
        "account_reported",
        _("A report says that Microsoft blocks or limits the account"),
    )
    SUPPRESSION_FLOOD = (
        "suppression_flood",
        _("So many addresses bounced at once that none was suppressed"),
    )
    CHANNEL_FAILS = "channel_fails", _("An alarm channel does not deliver")
    FOREIGN_DATABASE = "foreign_database", _("The database belongs to another installation")
    SMTP_SILENT = "smtp_silent", _("SMTP listener silent")
    SMTP_CERTIFICATE = "smtp_certificate", _("The certificate of the SMTP listener ends soon")
    SMTP_RECIPIENTS = "smtp_recipients", _("An SMTP client has nearly reached its recipients a day")
    SMTP_EXPIRED = "smtp_expired", _("Mail of an SMTP client has expired and was not sent")
    EMERGENCY_LOGIN = "emergency_login", _("An emergency account has logged in")
    LOGIN_REFUSED = "login_refused", _("Microsoft refuses the application that people log in with")
    COPY = "copy", _("This installation is a copy and never sends")


class AlarmQuerySet(models.QuerySet["Alarm"]):
    """Transitions: each says whether it won, so that two watchers tell nobody twice."""

    def standing(self) -> "AlarmQuerySet":
        return self.filter(cleared_at=None)

    def clear_one(self, pk: int, *, now: datetime) -> bool:
        return bool(self.standing().filter(pk=pk).update(cleared_at=now))

    def restage(self, alarm: "Alarm", stage: int | None) -> bool:
        """It has become more urgent, or less."""
        same = self.standing().filter(pk=alarm.pk, stage=alarm.stage)
        return bool(same.update(stage=stage))


class Alarm(models.Model):
    """`stage`: for CREDENTIAL_ENDS and SMTP_CERTIFICATE the days before the end that were reached.
    `told_at`: when a call was last queued; null where no channel reports it."""

    code = models.CharField(max_length=40, choices=AlarmCode.choices)
    stage = models.PositiveSmallIntegerField(null=True)
    raised_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)

    objects = AlarmQuerySet.as_manager()

    class Meta:
        ordering = ["-raised_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["code"], condition=Q(cleared_at=None), name="alarm_stands_once"
            )
        ]

    def __str__(self) -> str:
        return self.code
