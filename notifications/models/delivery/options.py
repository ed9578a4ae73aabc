"""The choices of E-mail > Settings, section Delivery results."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TraceRegistration(models.TextChoices):
    """Whose application asks the message trace."""

    OWN = "own", _("An application registration of its own (recommended)")
    SIGN_IN = "sign-in", _("The application registration of the sign-in")


class ReportHandling(models.TextChoices):
    LEAVE = "leave", _("Leave them")
    READ = "read", _("Mark as read")
    MOVE = "move", _("Move to the folder")


class SuppressionPolicy(models.TextChoices):
    REFUSE = "refuse", _("Refuse (the initiator gets the error)")
    HOLD = "hold", _("Hold")
