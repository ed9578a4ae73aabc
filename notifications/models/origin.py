"""Where a notification came from, besides its initiator."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class How(models.TextChoices):
    """How a copy was made of a message."""

    RESENT = "resent", _("Resent")
    REDIRECTED = "redirected", _("Resent to another address")
    EDITED = "edited", _("Edited")


class Origin(models.Model):
    """The E-mail Notification that was run, or the message that this one is a copy of. Name and
    number stay when those are gone. Most notifications have neither, and no row here."""

    notification = models.OneToOneField(
        "Notification", primary_key=True, on_delete=models.CASCADE, related_name="origin"
    )
    template = models.ForeignKey(
        "EmailTemplate", null=True, on_delete=models.SET_NULL, related_name="origins"
    )
    template_name = models.CharField(max_length=100, blank=True)
    original = models.ForeignKey(
        "Notification", null=True, on_delete=models.SET_NULL, related_name="copies"
    )
    original_number = models.BigIntegerField(null=True)
    how = models.CharField(max_length=20, blank=True, choices=How.choices)
    # The fields that a person has edited, by the names of Notification's columns.
    changed = models.JSONField(default=list)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.notification_id} from {self.original_number or self.template_name}"
