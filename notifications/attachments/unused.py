"""Deleting stored content that no attachment has any more.

The same content is one file for all who attach it, and a file is stored before the row that names
it is committed. It must not be deleted between the two. So storing makes the file young
(storage.py), only old files are deleted, and each is put aside first, looked at once more, and put
back if it has become young.
"""

import os
import time
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from django.core.files.storage import default_storage

from mailconnector.celery import SWEEP_INTERVAL
from notifications.models import Attachment, TemplateFile

# No transaction that queues a notification takes so long.
YOUNG = timedelta(days=1)
# A folder has the content whose hash begins with the same two hexadecimal digits.
FOLDERS = 256
FOLDERS_A_TURN = 16
_TURN = timedelta(seconds=5)
_ASIDE = ".unused"
_PATHS_A_QUERY = 500


def delete_some(*, now: datetime, turn: timedelta = _TURN) -> None:
    """Delete from the folders whose turn it is, for at most `turn`; each has one in three hours."""
    deadline = time.monotonic() + turn.total_seconds()
    first = int(now.timestamp() // SWEEP_INTERVAL.total_seconds()) * FOLDERS_A_TURN % FOLDERS
    for folder in range(first, first + FOLDERS_A_TURN):
        delete_in(folder, now=now)
        if time.monotonic() > deadline:
            return


def delete_in(number: int, *, now: datetime) -> int:
    """Delete from one of the 256 folders; return how many files."""
    folder = f"{number:02x}"
    place = Path(default_storage.path(folder))
    if not place.is_dir():
        return 0
    limit = (now - YOUNG).timestamp()
    old = (path for path in _whole_files(place) if _modified_at(path) < limit)
    unused = _unused({f"{folder}/{path.name}": path for path in old})
    return sum(_delete(path, limit) for path in unused)


def _whole_files(place: Path) -> Iterator[Path]:
    """Yield a folder's files, and first put back any file that a killed purge left aside."""
    for entry in list(os.scandir(place)):
        path = Path(entry.path)
        if entry.name.endswith(_ASIDE):
            path = _put_back(path)
        if path.is_file():
            yield path


def _modified_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")  # another purge was quicker


def _unused(paths: dict[str, Path]) -> Iterable[Path]:
    names = iter(paths)
    while piece := list(islice(names, _PATHS_A_QUERY)):
        used: set[str] = set()
        for model in (Attachment, TemplateFile):
            rows = model.objects.filter(path__in=piece)
            used |= set(rows.order_by().values_list("path", flat=True))
        yield from (paths[name] for name in piece if name not in used)


def _delete(path: Path, limit: float) -> bool:
    aside = path.with_name(path.name + _ASIDE)
    try:
        path.rename(aside)
        if aside.stat().st_mtime >= limit:  # attached again at this very moment
            _put_back(aside)
            return False
        aside.unlink()
    except FileNotFoundError:
        return False  # another purge was quicker
    return True


def _put_back(aside: Path) -> Path:
    """Put a file back; it replaces the same content, if that was stored again meanwhile."""
    path = aside.with_name(aside.name.removesuffix(_ASIDE))
    try:
        return aside.replace(path)
    except FileNotFoundError:
        return path
