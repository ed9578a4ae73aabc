"""Delete rows that are older than the days to keep, in small steps so that nothing waits."""

import logging
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from notifications.errors import Contained
from notifications.models import (
    Attempt,
    Bounce,
    ConnectionEvent,
    Notification,
    Retention,
    Suppression,
)
from notifications.models.status import Status

logger = logging.getLogger(__name__)

# One DELETE takes so many rows; each is a transaction of its own and takes some milliseconds.
BATCH = 1000
_TURN = timedelta(seconds=5)


def purge(*, now: datetime, turn: timedelta = _TURN) -> bool:
    """Delete for one turn; False if it ended before everything was done and another is needed."""
    deadline = time.monotonic() + turn.total_seconds()
    for rows in _to_delete(Retention.objects.current(), now=now):
        with Contained(logger, "deleting old rows of %s", rows.model.__name__):
            while _delete_some(rows):
                if time.monotonic() > deadline:
                    return False
    return True


def delete_all(rows: QuerySet[Any]) -> None:
    """Delete them all, in the same small steps. No transaction may be open."""
    while _delete_some(rows):
        pass


def _to_delete(kept: Retention, *, now: datetime) -> Iterator[QuerySet[Any]]:
    """Yield the rows to delete, the oldest first. Rows of the queue are never among them, however
    old they are."""
    yield Attempt.objects.filter(at__lt=kept.entries_before(now)).order_by("at")
    events_end = now - timedelta(days=kept.entry_days)
    yield ConnectionEvent.objects.filter(at__lt=events_end).order_by("at")
    # Those of known messages go with their log entry.
    yield Bounce.objects.filter(entry=None, at__lt=events_end).order_by("at")
    yield Suppression.objects.ended(now=now).order_by("until")
    content_ends = now - timedelta(days=kept.content_days)
    yield Notification.objects.filter(
        status=Status.ACCEPTED, accepted_at__lt=content_ends
    ).order_by("accepted_at")
    yield Notification.objects.filter(
        status__in=[Status.CANCELLED, Status.EXPIRED], taken_out_at__lt=content_ends
    ).order_by("taken_out_at")


@transaction.atomic
def _delete_some(rows: QuerySet[Any]) -> int:
    """Delete a batch; two purges at the same time skip each other's rows."""
    unlocked = rows.select_for_update(skip_locked=True)
    pks = list(unlocked.values_list("pk", flat=True)[:BATCH])
    if pks:
        # Django reads the rows that it deletes, and bodies may be large, so only the key is read.
        rows.model._default_manager.filter(pk__in=pks).only("pk").delete()
    return len(pks)
