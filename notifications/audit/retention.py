"""How long events are kept: a year. It is a retention of its own, which Clear does not touch."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from notifications.models import AuditEvent
from notifications.models.audit.act import Act

from .record import CONNECTOR, Target, record

DAYS = 365


@transaction.atomic
def purge(*, now: datetime) -> None:
    """Delete events by whole days, and tell so: at most one event a day comes of it."""
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    before = today - timedelta(days=DAYS)
    deleted = AuditEvent.objects.purge(before=before)
    if deleted:
        on = Target.all_of(AuditEvent)
        record(Act.PURGED, CONNECTOR, on, count=deleted, before=before.isoformat())
