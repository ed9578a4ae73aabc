"""Refused attempts: failed log-ins, keys that are not valid, what somebody may not do. Anybody can
make them without end, so that only so many are kept; the log's lines tell of all."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from notifications.models import AuditEvent
from notifications.models.audit.act import REFUSALS, Act

from .record import NOTHING, Actor, Target, record

_SPAN = timedelta(hours=1)
_MOST_OF_ADDRESS, _MOST = 200, 2000  # in that time


def refused(act: Act, by: Actor, on: Target = NOTHING, **details: Any) -> None:
    """Record an attempt that was refused."""
    record(act, by, on, kept=_has_room(by.address), **details)


def _has_room(address: str) -> bool:
    recent = AuditEvent.objects.filter(act__in=REFUSALS, at__gt=timezone.now() - _SPAN).order_by()
    # The database skips them: none is handed out to be counted.
    last_of_address = recent.filter(address=address)[_MOST_OF_ADDRESS - 1 :]
    return not (last_of_address.exists() or recent[_MOST - 1 :].exists())
