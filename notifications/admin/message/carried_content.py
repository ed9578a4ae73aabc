"""The content of a carried message: its bodies for the page, and all of it as a download."""

from contextlib import suppress

from django.http import FileResponse, Http404
from django.utils.translation import gettext as _

from notifications.message.raw.reader import UnreadableMessage, contents, read, text_of
from notifications.models import Notification

_MOST = 1024 * 1024  # bytes of a body; a browser is busy with more for a while


def show(notification: Notification, *, may_see: bool) -> None:
    """Give the row, which is not saved, the bodies that its page shows, unless they are gone."""
    raw = notification.raw_content
    if raw is None or not may_see:
        return
    with suppress(FileNotFoundError, UnreadableMessage), raw.open() as stream:
        found = contents(read(stream))
        notification.text = text_of(stream, found.text, most=_MOST)
        notification.html = text_of(stream, found.html, most=_MOST)


def source_of(notification: Notification, *, most: int) -> bytes:
    """Return at most so many bytes of it. Raises FileNotFoundError if it is gone."""
    raw = notification.raw_content
    if raw is None:
        raise FileNotFoundError
    with raw.open() as stream:
        return stream.read(most)


def download(notification: Notification) -> FileResponse:
    """It may hold anything, so no browser shows it."""
    raw = notification.raw_content
    if raw is None:
        raise Http404
    try:
        stream = raw.open()
    except FileNotFoundError as error:
        raise Http404(_("The file is not kept any more.")) from error
    return FileResponse(
        stream,
        as_attachment=True,
        filename=f"message-{notification.pk}.eml",
        content_type="application/octet-stream",
    )
