"""What the tests of the delivery do again and again."""

from notifications import delivery
from notifications.models import Attempt, EmailSettings

SEND = "/v1.0/me/messages/*/send"


def drain(**options):
    return delivery.drain(worker="test:1", **options)


def results():
    """Of the log, oldest first."""
    return list(Attempt.objects.order_by("pk").values_list("result", flat=True))


def change_settings(**values):
    EmailSettings.objects.filter(pk=1).update(**values)
