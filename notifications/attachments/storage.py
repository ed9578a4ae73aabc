"""Attached files in Django's storage: each content once, under its SHA-256.

A content is stored before the row that names it is committed, and whoever stores it again uses
what is there. So that it is not deleted meanwhile, storing makes it young: what looks for unused
content asks for what is old, and `delete` looks once more before anything is gone.

This module alone knows that the storage is a folder of this machine. Another storage has to
tell and to renew when a content was stored, and to delete it only if that was not just now.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, cast

from django.core.files.base import File
from django.core.files.storage import default_storage

from notifications.errors import InvalidNotification
from notifications.i18n import Sentence
from notifications.i18n import gettext_noop as _
from notifications.message.content_types import clean_content_type, type_of, with_extension
from notifications.message.file_names import safe_file_name
from notifications.message.mime_parts import clean_content_id
from notifications.models import Attachment, Notification
from notifications.models.layout import StandardFile

# Folders are named by the first two hexadecimal digits of the hash of what lies in them.
FOLDERS = 256
_LONGEST_TYPE = 100  # the size of the column
_CHUNK = 1024 * 1024
_ASIDE = ".unused"  # what a file's name ends with while it is looked at once more


@dataclass(frozen=True, slots=True)
class StoredFile:
    """The columns of an Attachment."""

    path: str
    name: str
    content_type: str
    size: int
    content_id: str


def size_of(content: BinaryIO) -> int:
    """Return the size in bytes; the stream is at its beginning afterwards."""
    size = content.seek(0, 2)
    content.seek(0)
    return size


def store(name: str, content: BinaryIO, content_type: str, content_id: str) -> StoredFile:
    """Keep the content, which is read in pieces. A wrong name or type is put right, because the
    content is what counts."""
    name = safe_file_name(name)
    content_type = clean_content_type(content_type, longest=_LONGEST_TYPE) or type_of(name)
    name = with_extension(name, content_type)[-255:]
    digest = hashlib.sha256()
    content.seek(0)
    while piece := content.read(_CHUNK):
        digest.update(piece)
    size = size_of(content)
    path = f"{digest.hexdigest()[:2]}/{digest.hexdigest()}"
    if not _is_kept(path, size):
        path = default_storage.save(path, File(content))
    clean_id = clean_content_id(content_id)[:200]
    return StoredFile(path, name, content_type, size, clean_id)


@contextmanager
def opened(notification: Notification) -> Iterator[list[tuple[Attachment, BinaryIO]]]:
    """Yield a notification's attachments with their streams, which are closed at the end."""
    with ExitStack() as stack:
        yield [
            (attachment, stack.enter_context(stream_of(attachment)))
            for attachment in notification.attachments.all()
        ]


def stream_of(file: Attachment | StandardFile) -> BinaryIO:
    """Open the content, which the caller closes. Raises InvalidNotification if it is gone."""
    try:
        return cast(BinaryIO, file.open())
    except FileNotFoundError as error:
        text = _("The file “%(name)s” no longer exists. Attach it again.")
        raise InvalidNotification(Sentence(text, name=file.name)) from error


def stored_before(moment: datetime, *, folder: int) -> Iterator[str]:
    """Yield the paths of a folder's content that was not stored since the moment."""
    name = f"{folder:02x}"
    place = Path(default_storage.path(name))
    if place.is_dir():
        for file in _whole_files(place):
            if _modified_at(file) < moment.timestamp():
                yield f"{name}/{file.name}"


def delete(path: str, *, stored_before: datetime) -> bool:
    """Delete a content. Return False if it was stored again since the moment, or is gone."""
    file = Path(default_storage.path(path))
    aside = file.with_name(file.name + _ASIDE)
    try:
        # Whoever stores the content from here on finds nothing, and stores it anew.
        file.rename(aside)
        if aside.stat().st_mtime >= stored_before.timestamp():
            _put_back(aside)
            return False
        aside.unlink()
    except FileNotFoundError:
        return False
    return True


def renew(path: str) -> bool:
    """Make stored content young again for another row that will name it; False if it is gone."""
    file = Path(default_storage.path(path))
    try:
        os.utime(file)
    except FileNotFoundError:
        return False
    return True


def _is_kept(path: str, size: int) -> bool:
    """Tell whether the whole content is there. It becomes young again."""
    file = Path(default_storage.path(path))
    try:
        if file.stat().st_size != size:
            return False
        os.utime(file)
    except FileNotFoundError:
        return False
    return True


def _whole_files(place: Path) -> Iterator[Path]:
    """Yield a folder's files, and first put back any file that a killed purge left aside."""
    for entry in list(os.scandir(place)):
        file = Path(entry.path)
        if entry.name.endswith(_ASIDE):
            file = _put_back(file)
        if file.is_file():
            yield file


def _modified_at(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except FileNotFoundError:
        return float("inf")  # another purge was quicker


def _put_back(aside: Path) -> Path:
    """Put a file back; it replaces the same content, if that was stored again meanwhile."""
    file = aside.with_name(aside.name.removesuffix(_ASIDE))
    try:
        return aside.replace(file)
    except FileNotFoundError:
        return file
