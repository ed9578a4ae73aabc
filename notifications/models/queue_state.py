"""Whether the queue is paused. Its own row: pausing is no change of the settings."""

from django.db import models


class QueueStateQuerySet(models.QuerySet["QueueState"]):
    def current(self) -> "QueueState":
        return self.filter(pk=1).first() or QueueState(pk=1)


class QueueState(models.Model):
    paused_at = models.DateTimeField(null=True)
    paused_by = models.CharField(max_length=150, blank=True)

    objects = QueueStateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="queue_state_one_row"),
        ]

    def __str__(self) -> str:
        return f"paused by {self.paused_by}" if self.paused_at else "running"
