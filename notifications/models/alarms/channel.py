"""The channels by which alarms are reported, and the address that is called while mail can
leave."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from notifications.models.rows import SingletonQuerySet
from notifications.models.sealed.address import SealedAddressField
from notifications.models.sealed.field import SealedField

from .alarm import AlarmCode

HEARTBEAT_INTERVAL = timedelta(minutes=5)
# Whether a call is due is looked at once a minute, a little earlier or later.
_TOLERANCE = timedelta(seconds=30)
_LONGEST_ADDRESS = 2000  # characters: those of Teams' Workflows have about 350


class ChannelKind(models.TextChoices):
    WEBHOOK = "webhook", _("Webhook")
    TEAMS = "teams", _("Microsoft Teams")
    SMTP = "smtp", _("E-mail (SMTP)")


class TeamsContent(models.TextChoices):
    """What a workflow expects depends on how it was made."""

    MESSAGE = "message", _("Message that contains the card")
    CARD = "card", _("The card alone")


class SmtpSecurity(models.TextChoices):
    STARTTLS = "starttls", _("STARTTLS")
    TLS = "tls", _("TLS")
    NONE = "none", _("Not encrypted")


class AlarmChannelQuerySet(models.QuerySet["AlarmChannel"]):
    def in_use(self) -> "AlarmChannelQuerySet":
        return self.filter(enabled=True)

    def note_success(self, pk: int, *, what: str, status: int, now: datetime) -> None:
        self.filter(pk=pk).update(
            last_at=now, last_what=what, last_status=status, last_error="", failing_since=None
        )

    def note_failure(
        self, pk: int, *, what: str, status: int, error: str, is_test: bool, now: datetime
    ) -> None:
        """A failed test is seen by whoever made it; alarms that do not arrive concern others."""
        row = self.filter(pk=pk)
        row.update(last_at=now, last_what=what, last_status=status, last_error=error)
        if not is_test:
            row.update(failing_since=Coalesce("failing_since", Value(now)))


class AlarmChannel(models.Model):
    """`left_out` are the codes of the alarms that it does not report, so that an alarm of a later
    version is reported. Of the columns below only those of its `kind` are used.

    `last_…` tell of the latest delivery, `failing_since` when alarms began not to arrive.
    """

    name = models.CharField(_("Name"), max_length=100, unique=True)
    kind = models.CharField(_("Type"), max_length=20, choices=ChannelKind.choices, editable=False)
    enabled = models.BooleanField(_("Enabled"), default=True)
    left_out = models.JSONField(default=list, blank=True)
    # Programs compare texts, so webhooks are in English.
    language = models.CharField(_("Language"), max_length=10, default="en")
    alarm_url = SealedAddressField(_("Address"), max_length=_LONGEST_ADDRESS, blank=True)
    alarm_secret = SealedField(_("Signing secret"), blank=True)
    teams_content = models.CharField(
        _("Content"), max_length=20, choices=TeamsContent.choices, default=TeamsContent.MESSAGE
    )
    smtp_host = models.CharField(_("SMTP server"), max_length=253, blank=True)
    smtp_port = models.PositiveIntegerField(_("Port"), default=587)
    smtp_security = models.CharField(
        _("Encryption"),
        max_length=10,
        choices=SmtpSecurity.choices,
        default=SmtpSecurity.STARTTLS,
    )
    smtp_user = models.CharField(_("User name"), max_length=254, blank=True)
    smtp_password = SealedField(_("Password"), blank=True)
    mail_from = models.CharField(_("From"), max_length=400, blank=True)
    mail_to = models.TextField(_("To"), max_length=2000, blank=True)
    last_at = models.DateTimeField(_("Last delivery"), null=True, editable=False)
    last_what = models.CharField(max_length=60, blank=True, editable=False)
    last_status = models.PositiveSmallIntegerField(default=0, editable=False)
    last_error = models.TextField(blank=True, editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)

    objects = AlarmChannelQuerySet.as_manager()

    class Meta:
        verbose_name = _("alarm channel")
        verbose_name_plural = _("Alarms")
        ordering = ["name"]
        # They are part of the settings: whoever may see or change those may do so here.
        default_permissions = ()

    def __str__(self) -> str:
        return self.name

    def wants(self, code: AlarmCode) -> bool:
        """Say whether it reports this alarm. That a channel fails is reported by the others; that
        an emergency account was used is reported by all."""
        if code == AlarmCode.EMERGENCY_LOGIN:
            return True
        if code == AlarmCode.CHANNEL_FAILS and self.failing_since:
            return False
        return code not in self.left_out


class HeartbeatQuerySet(SingletonQuerySet["Heartbeat"]):
    def claim(self, *, now: datetime) -> bool:
        """Take the call that is due, so that several processes make one. A failed one is made
        again within a minute: whoever listens may have little patience."""
        is_due = Q(called_at=None) | Q(called_at__lte=now - HEARTBEAT_INTERVAL + _TOLERANCE)
        is_retried = ~Q(error="") & Q(called_at__lte=now - _TOLERANCE)
        return bool(self.filter(is_due | is_retried, pk=1).update(called_at=now))


class Heartbeat(models.Model):
    """One row. `called_at`, `status` and `error` tell of the last call."""

    heartbeat_url = SealedAddressField(
        _("Heartbeat address"), max_length=_LONGEST_ADDRESS, blank=True
    )
    called_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)

    objects = HeartbeatQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="heartbeat_one_row"),
        ]

    def __str__(self) -> str:
        return "Heartbeat"
