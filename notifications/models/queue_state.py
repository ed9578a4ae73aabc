"""Whether the queue may send at all: paused, or on a database of another installation. Its own
row: pausing is no change of the settings."""

from datetime import datetime

from django.conf import settings
from django.db import models

from .rows import SingletonQuerySet
from .smtp.listener import SmtpListener


class QueueStateQuerySet(SingletonQuerySet["QueueState"]):
    def elsewhere(self) -> "QueueStateQuerySet":
        """The row, where mail is another installation's business: see is_foreign and is_copy."""
        ours = models.Q(installation__in=["", settings.INSTALLATION_ID], is_copy=False)
        return self.exclude(ours)

    def with_smtp_certificate(self, *, now: datetime) -> "QueueStateQuerySet":
        """Read with the row what every page tells of the SMTP listener: it costs no query more."""
        listening = SmtpListener.objects.alive(now=now).exclude(addresses=[])
        ends = listening.exclude(certificate_ends_at=None).order_by("certificate_ends_at")
        first = ends.values("certificate_ends_at")[:1]
        broken = listening.exclude(certificate_problem="").order_by("name")
        problem = broken.values("certificate_problem")[:1]
        found = {"smtp_certificate_ends_at": first, "smtp_certificate_problem": problem}
        return self.annotate(**{name: models.Subquery(rows) for name, rows in found.items()})

    def claim(self, installation: str) -> None:
        """A new database becomes ours; one that belongs to somebody is left alone."""
        self.made().filter(installation="").update(installation=installation)

    def pause(self, *, by: str, now: datetime) -> bool:
        """False if it is paused already; who did that stays."""
        return bool(self.made().filter(paused_at=None).update(paused_at=now, paused_by=by))

    def resume(self) -> bool:
        """False if it was not paused."""
        paused = self.filter(pk=1).exclude(paused_at=None)
        return bool(paused.update(paused_at=None, paused_by=""))


class QueueState(models.Model):
    paused_at = models.DateTimeField(null=True)
    paused_by = models.CharField(max_length=150, blank=True)
    # Whose database this is (see installation.py); "" = nobody's yet
    installation = models.CharField(max_length=64, blank=True)
    is_copy = models.BooleanField(default=False)
    taken_over_at = models.DateTimeField(null=True)
    # Its last wake-up that reached a worker
    beat_seen_at = models.DateTimeField(null=True)

    # Those of the listener, where they were asked for.
    smtp_certificate_ends_at: datetime | None = None
    smtp_certificate_problem: str | None = None

    objects = QueueStateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="queue_state_one_row"),
        ]

    def __str__(self) -> str:
        return f"paused by {self.paused_by}" if self.paused_at else "running"

    @property
    def is_foreign(self) -> bool:
        return self.installation not in ("", settings.INSTALLATION_ID)
