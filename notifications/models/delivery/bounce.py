"""A message that did not reach an address, as a report or the message trace says."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Bounce(models.Model):
    """`entry` is the log entry of the message, or null where the report belongs to none that is
    known: then only the report's headers are kept, and the message may still be found later.
    `is_proven` says that nobody but Exchange can have reported it (mailbox/reports.py), and
    `said_elsewhere` that its words are those of another server, which Exchange only passes on."""

    at = models.DateTimeField(_("Time"))
    address = models.CharField(_("Address"), max_length=320)
    code = models.CharField(_("Code"), max_length=20, blank=True)
    text = models.TextField(_("Reason"), blank=True)
    entry = models.ForeignKey(
        "notifications.Attempt",
        null=True,
        on_delete=models.CASCADE,
        related_name="bounces",
        db_index=False,  # the constraint's index begins with it
    )
    is_proven = models.BooleanField(default=False)
    said_elsewhere = models.BooleanField(default=False)
    # A later message reached the address.
    is_outlived = models.BooleanField(default=False)
    report = models.CharField(max_length=255, blank=True)  # the report's own Message-ID
    message_ids = models.JSONField(default=list)
    headers = models.JSONField(default=list)

    class Meta:
        verbose_name = _("bounce")
        verbose_name_plural = _("Bounces")
        default_permissions = ("view",)
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["-at", "-id"], name="bounce_newest"),
            models.Index(fields=["address", "at"], name="bounce_address"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["entry", "address"], name="bounce_of_entry_once"),
            models.UniqueConstraint(
                fields=["report", "address"], condition=Q(entry=None), name="bounce_of_report_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.address} {self.code}"
