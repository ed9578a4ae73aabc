"""How long the log and the content of what has left are kept."""

from datetime import datetime, timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .rows import SingletonQuerySet

_DAYS = (MinValueValidator(1), MaxValueValidator(3650))


class RetentionQuerySet(SingletonQuerySet["Retention"]):
    def save_days(self, *, entry_days: int, content_days: int, by: str, now: datetime) -> bool:
        """False if that is what is set already; who set it stays."""
        others = self.made().exclude(entry_days=entry_days, content_days=content_days)
        return bool(
            others.update(
                entry_days=entry_days, content_days=content_days, changed_by=by, changed_at=now
            )
        )

    def clear(self, *, until: datetime) -> bool:
        """False if everything until then is cleared already."""
        not_yet = self.made().filter(Q(cleared_until=None) | Q(cleared_until__lt=until))
        return bool(not_yet.update(cleared_until=until))


class Retention(models.Model):
    """The one row. Log entries until `cleared_until` are hidden at once and deleted by and by."""

    entry_days = models.PositiveSmallIntegerField(
        _("Days to keep"),
        default=90,
        validators=_DAYS,
        help_text=_("Log entries and connection events that are older are deleted."),
    )
    content_days = models.PositiveSmallIntegerField(
        _("Days to keep bodies and attachments"),
        default=30,
        validators=_DAYS,
        help_text=_(
            "Of notifications that were accepted by Microsoft, were deleted from the queue or "
            "have expired. After that they cannot be sent again; their log entries stay. What "
            "waits in the queue is never deleted."
        ),
    )
    changed_at = models.DateTimeField(null=True)
    changed_by = models.CharField(max_length=150, blank=True)
    cleared_until = models.DateTimeField(null=True)

    objects = RetentionQuerySet.as_manager()

    class Meta:
        verbose_name = _("days to keep")
        default_permissions = ("change",)
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="retention_one_row")]

    def __str__(self) -> str:
        return f"{self.entry_days} and {self.content_days} days"

    def entries_before(self, now: datetime) -> datetime:
        """Log entries before this moment are to be deleted. Cleared ones of the last day have to
        wait: the limit of recipients a day and the dashboard's figures count them."""
        old = now - timedelta(days=self.entry_days)
        if self.cleared_until is None:
            return old
        cleared = self.cleared_until + timedelta(microseconds=1)
        return max(old, min(cleared, now - timedelta(days=1)))
