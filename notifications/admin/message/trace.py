"""How an administrator finds out what became of a message that Microsoft has taken, or may have."""

from typing import Any

from django.utils import timezone

from notifications.backends.microsoft import trace_command
from notifications.models import Attempt
from notifications.models.attempt import Result

_MAY_HAVE_LEFT = (Result.ACCEPTED, Result.UNCONFIRMED)


def may_have_left(entry: Attempt) -> bool:
    return entry.result in _MAY_HAVE_LEFT and bool(entry.message_id)


def of(entry: Attempt) -> dict[str, Any]:
    """Return the ready command and whether Exchange still knows; nothing for what never left."""
    if not may_have_left(entry):
        return {"trace": ""}
    return {
        "trace": trace_command.message_trace(
            entry.message_id, senders=(entry.from_address, entry.account), at=entry.at
        ),
        "trace_is_late": timezone.now() - entry.at > trace_command.KEPT,
    }
