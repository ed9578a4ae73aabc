"""The rows of the queue: which they are, and the transitions that they have."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models.functions import Coalesce

from notifications.models.status import IN_QUEUE, Status

from .by_people import ByPeople
from .by_workers import ByWorkers


def waits_since(prefix: str = "") -> Coalesce:
    """Return from when on a notification waits: the time it was scheduled for, or that at which a
    person put it back or sent it before its time. Tries that failed by themselves do not count
    anew."""
    names = ("retried_at", "scheduled_for", "queued_at")
    return Coalesce(*(f"{prefix}{name}" for name in names))


# django-stubs gives each base a manager of its own, which are not one another's.
class NotificationQuerySet(ByWorkers, ByPeople):  # type: ignore[override]
    """Nothing else writes `status`."""

    def in_queue(self) -> Self:
        return self.filter(status__in=IN_QUEUE)

    def for_sending(self) -> Self:
        """Read the API key that each came with, too, and the attachments as its list `files`: as
        a queryset they would cost more than all else that is read of a row."""
        files = models.Prefetch("attachments", to_attr="files")
        return self.select_related("came_with").prefetch_related(files)

    def due(self, *, now: datetime) -> Self:
        """Pending ones that may leave now, the most urgent and oldest first."""
        return self.filter(status=Status.PENDING, due_at__lte=now).order_by(
            "priority", "due_at", "pk"
        )

    def scheduled(self, *, now: datetime) -> Self:
        """Pending ones whose time has not come. One that a person told to go is none of them."""
        rows = self.filter(status=Status.PENDING).annotate(since=waits_since())
        return rows.filter(since__gt=now)
