"""What one source said about one recipient of an accepted log entry."""

from django.db import models

from .state import DeliverySource, DeliveryState


class DeliveryFact(models.Model):
    """It belongs to the log entry and is deleted with it: notifications go earlier. `recipient` is
    the bare address in lower case, `text` the server's own words. `receiver` is the server that
    took the message, where the trace names one; `is_probable` says that no Message-ID was there
    to match by."""

    entry = models.ForeignKey(
        "notifications.Attempt",
        on_delete=models.CASCADE,
        related_name="delivery_facts",
        # The constraint's index begins with it.
        db_index=False,
    )
    recipient = models.CharField(max_length=320)
    source = models.CharField(max_length=10, choices=DeliverySource.choices)
    state = models.CharField(max_length=20, choices=DeliveryState.choices)
    code = models.CharField(max_length=20, blank=True)
    text = models.TextField(blank=True)
    receiver = models.CharField(max_length=64, blank=True)
    is_probable = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "recipient", "source"], name="delivery_fact_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.recipient}: {self.state}"
