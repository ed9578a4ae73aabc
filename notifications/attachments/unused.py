"""Deleting stored content that no attachment has any more.

The same content is one file for all who attach it. What is young stays, because the row that
names it may not be committed yet.
"""

import logging
import time
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice

from django.db.models import Model

from mailconnector.celery import SWEEP_INTERVAL
from notifications.errors import Contained
from notifications.models import Attachment, LayoutFile, Notification, TemplateFile

from . import storage

logger = logging.getLogger(__name__)

# No transaction that queues a notification takes so long.
YOUNG = timedelta(days=1)
FOLDERS_A_TURN = 16
_TURN = timedelta(seconds=5)
_PATHS_A_QUERY = 500
# Whatever names stored content.
_NAMING: tuple[tuple[type[Model], str], ...] = (
    (Attachment, "path"),
    (TemplateFile, "path"),
    (LayoutFile, "path"),
    (Notification, "raw_path"),
)


def delete_some(*, now: datetime, turn: timedelta = _TURN) -> None:
    """Delete from the folders whose turn it is, for at most `turn`; each has one in three hours."""
    deadline = time.monotonic() + turn.total_seconds()
    turns = int(now.timestamp() // SWEEP_INTERVAL.total_seconds())
    first = turns * FOLDERS_A_TURN % storage.FOLDERS
    for folder in range(first, first + FOLDERS_A_TURN):
        with Contained(logger, "deleting unused content in folder %02x", folder):
            delete_in(folder, now=now)
        if time.monotonic() > deadline:
            return


def delete_in(folder: int, *, now: datetime) -> int:
    """Delete from one of the folders; return how many files."""
    old = now - YOUNG
    unused = _unused(list(storage.stored_before(old, folder=folder)))
    return sum(storage.delete(path, stored_before=old) for path in unused)


def _unused(paths: Iterable[str]) -> Iterator[str]:
    waiting = iter(paths)
    while piece := list(islice(waiting, _PATHS_A_QUERY)):
        used: set[str] = set()
        for model, column in _NAMING:
            rows = model._default_manager.filter(**{f"{column}__in": piece})
            used |= set(rows.order_by().values_list(column, flat=True))
        yield from (path for path in piece if path not in used)
