"""What happened to the connection, for the log's time line: written once for each change."""

from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from .account import AccountState

# A rest that begins this soon after the one before goes on with it: the next drain has only
# looked whether it is over.
SAME_REST = timedelta(minutes=2)


class EventKind(models.TextChoices):
    SIGN_IN_LOST = "sign_in_lost", _("Sign-in lost")
    SIGN_IN_RESTORED = "sign_in_restored", _("Sign-in restored")
    THROTTLED = "throttled", _("Throttled")
    RESTED = "rested", _("Waited")
    DAY_FULL = "day_full", _("Recipients a day reached")
    PAUSED = "paused", _("Paused")
    RESUMED = "resumed", _("Resumed")
    SETTINGS_SAVED = "settings_saved", _("Settings saved")
    LOG_CLEARED = "log_cleared", _("Log cleared")
    ADDRESS_ERASED = "address_erased", _("Address erased")


class EventQuerySet(models.QuerySet["ConnectionEvent"]):
    def note_rest(
        self, kind: EventKind, *, account: str, code: str, now: datetime, until: datetime
    ) -> None:
        """A rest of the mailbox; one that goes on is lengthened instead."""
        latest = self.filter(account=account).order_by("-at", "-pk").first()
        if (
            latest
            and (latest.kind, latest.code) == (kind, code)
            and latest.until
            and latest.until > now - SAME_REST
        ):
            self.filter(pk=latest.pk).update(until=until)
        else:
            self.create(kind=kind, account=account, code=code, at=now, until=until)


class ConnectionEvent(models.Model):
    """`account` is an address, `who` a user name or "" for the connector itself. `state` is that
    of a lost sign-in, `code` Microsoft's, `detail` its own words, `until` the end of a rest."""

    at = models.DateTimeField()
    kind = models.CharField(max_length=20, choices=EventKind.choices)
    account = models.CharField(max_length=254, blank=True)
    who = models.CharField(max_length=150, blank=True)
    state = models.CharField(max_length=20, blank=True, choices=AccountState.choices)
    code = models.CharField(max_length=100, blank=True)
    detail = models.TextField(blank=True)
    until = models.DateTimeField(null=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("connection event")
        verbose_name_plural = _("connection events")
        indexes = [models.Index(fields=["-at", "-id"], name="connection_event_newest")]

    def __str__(self) -> str:
        return self.get_kind_display()
