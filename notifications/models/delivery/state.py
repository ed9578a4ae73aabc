"""The words for what became of a message, of one recipient and of all."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class DeliveryState(models.TextChoices):
    """What became of the message for one recipient."""

    PENDING = "pending", _("No result yet")
    DELIVERED = "delivered", _("Delivered")
    EXPANDED = "expanded", _("Delivered to the group")
    FAILED = "failed", _("Not delivered")
    QUARANTINED = "quarantined", _("Quarantined")
    SPAM = "spam", _("Treated as spam (Junk or rejected)")
    RECALLED = "recalled", _("Recalled")
    UNKNOWN = "unknown", _("Unknown")


class DeliverySource(models.TextChoices):
    TRACE = "trace", _("Message trace")
    REPORT = "report", _("Report")


class DeliverySummary(models.TextChoices):
    """What became of the whole message: the log's column and its filter."""

    PENDING = "pending", _("No result yet")
    DELIVERED = "delivered", _("Delivered")
    PARTLY = "partly", _("Delivered in part")
    FAILED = "failed", _("Not delivered")
    QUARANTINED = "quarantined", _("Quarantined")
    SPAM = "spam", _("Treated as spam (Junk or rejected)")
    RECALLED = "recalled", _("Recalled")
    UNKNOWN = "unknown", _("Unknown")


# A result that is known. UNKNOWN ends the asking as well, but a later report may still tell.
RESULTS = frozenset(DeliveryState) - {DeliveryState.PENDING, DeliveryState.UNKNOWN}
ARRIVED = frozenset([DeliveryState.DELIVERED, DeliveryState.EXPANDED])
# Where two sources or two moments differ, the first of these that was said counts: a server that
# took a message may give it back later, and a delay that was reported is unknown in the end.
BY_WEIGHT = (
    DeliveryState.FAILED,
    DeliveryState.RECALLED,
    DeliveryState.QUARANTINED,
    DeliveryState.SPAM,
    DeliveryState.EXPANDED,
    DeliveryState.DELIVERED,
    DeliveryState.UNKNOWN,
    DeliveryState.PENDING,
)
