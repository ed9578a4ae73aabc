"""Failed notifications that a person put back together: who, when, and which."""

from django.db import models
from django.utils import timezone


class BulkRetry(models.Model):
    """Its notifications name it, so that what became of them can be counted. `error_code` and
    `error` are the one cause that was chosen; both are empty where several were. `count` is how
    many were put back, `expired` how many were left out because their time was over."""

    at = models.DateTimeField(default=timezone.now)
    by = models.CharField(max_length=150, blank=True)
    error_code = models.CharField(max_length=100, blank=True)
    error = models.TextField(blank=True)
    count = models.PositiveIntegerField(default=0)
    expired = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.count} by {self.by}"
