"""Attached files in Django's storage, each content once, under its SHA-256."""

import hashlib
import mimetypes
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from django.core.files.base import File
from django.core.files.storage import default_storage

from notifications.errors import InvalidNotification
from notifications.i18n import Sentence
from notifications.i18n import gettext_noop as _
from notifications.message.file_names import safe_file_name
from notifications.message.mime_parts import clean_content_id, is_content_type
from notifications.models import Attachment, Notification, TemplateFile

_CHUNK = 1024 * 1024


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
    name = safe_file_name(name)[-255:]
    if not is_content_type(content_type):
        content_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    digest = hashlib.sha256()
    content.seek(0)
    while piece := content.read(_CHUNK):
        digest.update(piece)
    size = size_of(content)
    path = f"{digest.hexdigest()[:2]}/{digest.hexdigest()}"
    if not _is_kept(path, size):
        path = default_storage.save(path, File(content))
    clean_id = clean_content_id(content_id)[:200]
    return StoredFile(path, name, content_type.lower()[:100], size, clean_id)


def _is_kept(path: str, size: int) -> bool:
    """Tell whether the whole content is there. It becomes young again, so that no purge deletes it
    before the row that names it is committed (unused.py)."""
    file = Path(default_storage.path(path))
    try:
        if file.stat().st_size != size:
            return False
        os.utime(file)
    except FileNotFoundError:
        return False
    return True


@contextmanager
def opened(notification: Notification) -> Iterator[list[tuple[Attachment, BinaryIO]]]:
    """Yield a notification's attachments with their streams, which are closed at the end."""
    with ExitStack() as stack:
        yield [
            (attachment, stack.enter_context(stream_of(attachment)))
            for attachment in notification.attachments.all()
        ]


def stream_of(file: Attachment | TemplateFile) -> BinaryIO:
    """Open the content, which the caller closes. Raises InvalidNotification if it is gone."""
    try:
        return cast(BinaryIO, file.open())
    except FileNotFoundError as error:
        text = _("The file “%(name)s” is not there any more: attach it again.")
        raise InvalidNotification(Sentence(text, name=file.name)) from error
