"""The stations of a notification's journey: see the diagram in docs/architecture.md."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    PENDING = "pending", _("Pending")
    SENDING = "sending", _("Sending")
    ACCEPTED = "accepted", _("Accepted by Microsoft")
    FAILED = "failed", _("Failed")
    UNCONFIRMED = "unconfirmed", _("May have been sent")
    CANCELLED = "cancelled", _("Cancelled")
    EXPIRED = "expired", _("Expired")


# What the Notification Queue shows: the notifications that have not left yet.
IN_QUEUE = (Status.PENDING, Status.SENDING, Status.FAILED, Status.UNCONFIRMED)
# Those that a person may put back, take out, or decide about.
RESTARTABLE = (Status.PENDING, Status.FAILED, Status.UNCONFIRMED)
# Those that stay until a person has decided about them.
DECIDED_BY_PEOPLE = (Status.FAILED, Status.UNCONFIRMED)
