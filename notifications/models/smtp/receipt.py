"""What was answered to which message: by it repeats, and parts of one message, are recognised."""

from datetime import datetime, timedelta

from django.db import models

from .client import SmtpClient

KEPT = timedelta(days=1)


class SmtpReceiptQuerySet(models.QuerySet["SmtpReceipt"]):
    def forget_old(self, *, now: datetime) -> None:
        self.filter(at__lt=now - KEPT).delete()

    def note_answered(self, pk: int) -> None:
        """The client has gone on after our 250: whatever comes now is a new message."""
        self.filter(pk=pk).update(answered=True)


class SmtpReceipt(models.Model):
    """`digest` is of Message-ID and content, `envelope` of sender and recipients."""

    client = models.ForeignKey(SmtpClient, on_delete=models.CASCADE, db_index=False)
    digest = models.CharField(max_length=64)
    envelope = models.CharField(max_length=64)
    notification = models.ForeignKey("Notification", null=True, on_delete=models.SET_NULL)
    at = models.DateTimeField(db_index=True)
    answered = models.BooleanField(default=False)

    objects = SmtpReceiptQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["client", "digest"], name="smtp_receipt_same")]

    def __str__(self) -> str:
        return f"{self.notification_id} of {self.client_id}"
