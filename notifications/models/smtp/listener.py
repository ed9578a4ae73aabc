"""The settings of the SMTP listener, and the processes that listen."""

from datetime import datetime, timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from notifications.models.rows import SingletonQuerySet
from notifications.models.settings import MEGABYTE

# A listener says each 15 seconds that it lives.
SILENCE = timedelta(minutes=2)
# What an upload session to Exchange takes at most.
MOST_MB = 150


class SmtpSettingsQuerySet(SingletonQuerySet["SmtpSettings"]):
    def changed(self) -> None:
        """Tell the listeners to read settings and clients again: they look each second."""
        self.made().update(version=F("version") + 1)


class SmtpSettings(models.Model):
    is_on = models.BooleanField(_("Accept mail over SMTP"), default=False)
    largest_mb = models.PositiveSmallIntegerField(
        _("Largest message"),
        default=35,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_MB)],
        help_text=_("Megabytes; clients are told it as SIZE."),
    )
    most_recipients = models.PositiveIntegerField(
        _("Most recipients of a message"),
        default=500,
        validators=[MinValueValidator(1), MaxValueValidator(1000)],
    )
    most_waiting = models.PositiveIntegerField(
        _("Refuse new mail when"),
        default=50_000,
        validators=[MinValueValidator(1)],
        help_text=_("So many notifications wait: devices are asked to try again later."),
    )
    version = models.PositiveBigIntegerField(default=0)

    objects = SmtpSettingsQuerySet.as_manager()

    class Meta:
        verbose_name = _("SMTP")
        verbose_name_plural = _("SMTP")
        default_permissions = ("view", "change")
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="smtp_settings_one_row"),
        ]

    def __str__(self) -> str:
        return "SMTP"

    @property
    def largest(self) -> int:
        """The most bytes that an administrator lets in."""
        return self.largest_mb * MEGABYTE


class SmtpListenerQuerySet(models.QuerySet["SmtpListener"]):
    def alive(self, *, now: datetime) -> "SmtpListenerQuerySet":
        return self.filter(seen_at__gte=now - SILENCE)

    def listening(self, *, now: datetime) -> "list[SmtpListener]":
        """Those that have an address open, and do not only wait to be switched on."""
        return [each for each in self.alive(now=now) if each.addresses]


class SmtpListener(models.Model):
    """A process that listens, or that waits until SMTP is on. `addresses` are those it has open, as
    `[host, port, is TLS from the start]`; `problem` has a sentence a line, `certificate_problem`
    says why its certificate cannot be used."""

    name = models.CharField(max_length=100, primary_key=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField(db_index=True)
    addresses = models.JSONField(default=list)
    connections = models.PositiveIntegerField(default=0)
    certificate_ends_at = models.DateTimeField(null=True)
    certificate_problem = models.TextField(blank=True)
    problem = models.TextField(blank=True)

    objects = SmtpListenerQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name
