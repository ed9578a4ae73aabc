"""A message that was accepted, and what is told of it."""

from notifications.log import delivery
from notifications.log.delivery import Said
from notifications.models import (
    Attempt,
)
from notifications.models.attempt import Result
from notifications.models.delivery.state import DeliverySource


def entry(now, *recipients, **values):
    defaults = {"subject": "mail-x", "message_id": "<1@contoso.example>"}
    return Attempt.objects.create(
        at=now,
        result=Result.ACCEPTED,
        recipients=", ".join(recipients or ["anna@fabrikam.example"]),
        **defaults | values,
    )


def say(row, state, recipient="anna@fabrikam.example", source=DeliverySource.TRACE, **values):
    delivery.note({row.pk: [Said(recipient, source, state, row.at, **values)]})
