"""The accepted messages whose result is not known yet: few rows, whatever the log's size."""

from datetime import datetime

from django.db import models


class DeliveryWatchQuerySet(models.QuerySet["DeliveryWatch"]):
    def due(self, *, now: datetime) -> "DeliveryWatchQuerySet":
        return self.filter(due_at__lte=now)


class DeliveryWatch(models.Model):
    """One for each log entry; it goes when every recipient has a result, or two days later.
    `sender` and `recipients` are bare addresses in lower case."""

    entry = models.OneToOneField(
        "notifications.Attempt", primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    message_id = models.CharField(max_length=255)
    sender = models.CharField(max_length=320)
    subject = models.TextField(blank=True)
    recipients = models.JSONField(default=list)
    accepted_at = models.DateTimeField()
    due_at = models.DateTimeField()

    objects = DeliveryWatchQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["sender", "due_at"], name="delivery_watch_sender"),
            models.Index(fields=["message_id"], name="delivery_watch_message_id"),
            models.Index(fields=["accepted_at"], name="delivery_watch_accepted"),
        ]

    def __str__(self) -> str:
        return self.message_id
