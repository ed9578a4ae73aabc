"""Files that a form has sent, kept until it is saved: an error elsewhere on the form, a preview or
a question does not lose what was chosen.

The content is stored at once. The form carries a signed note of it, which counts for the same
person and for a shorter time than content stays that nothing attaches.
"""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import timedelta
from typing import Any, BinaryIO, cast

from django.core import signing
from django.core.files.storage import default_storage
from django.http import HttpRequest
from django.utils.translation import ngettext

from notifications.attachments import storage
from notifications.attachments.storage import StoredFile
from notifications.models import TemplateFile
from notifications.models.layout import StandardFile

KEPT_FOR = timedelta(hours=20)
_SALT = "notifications.kept-file"


def keep(request: HttpRequest, upload: Any, content_id: str = "") -> str:
    """Store an uploaded file; return the note for the form."""
    return note(request, storage.store(upload.name, upload, upload.content_type, content_id))


def note(request: HttpRequest, stored: StoredFile) -> str:
    return signing.dumps([_person(request), asdict(stored)], salt=_SALT)


def note_of(request: HttpRequest, file: StandardFile) -> str:
    """Return the note of a file that another row has, for a form that makes a copy."""
    columns = ("path", "name", "content_type", "size", "content_id")
    return note(request, StoredFile(**{name: getattr(file, name) for name in columns}))


def kept(request: HttpRequest, token: str) -> StoredFile | None:
    """Return the file of a note; None if it is not genuine, too old, or somebody else's."""
    try:
        person, columns = signing.loads(token, salt=_SALT, max_age=KEPT_FOR)
        return StoredFile(**columns) if person == _person(request) else None
    except (signing.BadSignature, TypeError, ValueError):
        return None


def all_kept(request: HttpRequest, tokens: Iterable[str]) -> list[StoredFile]:
    """Return the files of the notes that count. Whoever sends them tells `lost` of the others."""
    found = (kept(request, token) for token in tokens)
    return [file for file in found if file is not None]


def lost(count: int) -> str:
    """Say that files are gone which a form has named; "" if none is."""
    if not count:
        return ""
    text = ngettext(
        "%(n)d file is not kept any more. Choose it again.",
        "%(n)d files are not kept any more. Choose them again.",
        count,
    )
    return text % {"n": count}


def stored_again(file: StoredFile, content_id: str) -> StoredFile | None:
    """Store a kept content once more before a row names it, so that it is young; None if it is
    gone."""
    try:
        with default_storage.open(file.path) as content:
            return storage.store(file.name, cast(BinaryIO, content), file.content_type, content_id)
    except FileNotFoundError:
        return None


def as_row(file: StoredFile) -> TemplateFile:
    """Return a standard attachment that is not saved."""
    return TemplateFile(**asdict(file))


def _person(request: HttpRequest) -> int:
    return int(request.user.pk or 0)
