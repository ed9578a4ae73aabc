"""One entry of the Outgoing Notifications Log. Written once, with the result."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from notifications.errors import Answer

from .settings import Api


class Result(models.TextChoices):
    ACCEPTED = "accepted", _("Accepted by Microsoft")
    FAILED = "failed", _("Failed")
    DEFERRED = "deferred", _("Deferred")
    UNCONFIRMED = "unconfirmed", _("May have been sent")
    REFUSED = "refused", _("Refused")


class Attempt(models.Model):
    """It has its own copies of subject and addresses, so that it outlives the notification,
    which is null for tests and refusals."""

    notification = models.ForeignKey(
        "Notification", null=True, on_delete=models.SET_NULL, related_name="log_entries"
    )
    at = models.DateTimeField(_("date"), db_index=True)
    result = models.CharField(max_length=20, choices=Result.choices)
    is_test = models.BooleanField(_("test"), default=False)
    account = models.CharField(max_length=254, blank=True)
    from_address = models.CharField(max_length=400, blank=True)
    recipients = models.TextField(blank=True)  # To, Cc and Bcc, separated by commas
    recipient_count = models.PositiveIntegerField(default=1)
    subject = models.TextField(blank=True)
    message_id = models.CharField(max_length=255, blank=True, db_index=True)
    api = models.CharField(_("API"), max_length=10, blank=True, choices=Api.choices)
    error = models.TextField(blank=True)  # one line for people
    code = models.CharField(max_length=100, blank=True)
    message = models.TextField(blank=True)  # Microsoft's own words
    http_status = models.PositiveSmallIntegerField(default=0)
    request_id = models.CharField(max_length=100, blank=True)
    client_request_id = models.CharField(max_length=100, blank=True)
    duration_ms = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)  # of the MIME, in bytes
    charset = models.CharField(max_length=20, blank=True)
    note = models.TextField(blank=True)
    worker = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("log entry")
        verbose_name_plural = _("Outgoing Notifications Log")

    def __str__(self) -> str:
        return f"{self.get_result_display()}: {self.subject}"

    @property
    def answer(self) -> Answer:
        return Answer(
            self.http_status, self.code, self.message, self.request_id, self.client_request_id
        )
