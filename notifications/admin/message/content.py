"""What a message says, one view of it at a time: each is an address of its own, so that a large
body is written once and the page works without scripts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.message.addresses import AddressError
from notifications.message.html_to_text import html_to_text
from notifications.message.inline import with_shown_images
from notifications.models import Attachment, Notification
from notifications.templatetags.notifications import inert

from . import source

_LARGE = 1024 * 1024  # characters; a browser is busy with more for a while
# The source of a message with more bytes of files than this is a download only.
_MOST_FILES = 1024 * 1024
_MOST_SOURCE = 200_000

TABS: dict[str, Any] = {
    "preview": gettext_lazy("Preview"),
    "text": gettext_lazy("Text"),
    "html": gettext_lazy("HTML"),
    "headers": gettext_lazy("Headers"),
    "raw": gettext_lazy("Raw"),
}


@dataclass(frozen=True, slots=True)
class View:
    """One tab. `frame` is HTML for a frame, `text` is shown as it is; `size` is that of a body
    which is too large to be shown unasked."""

    name: str
    text: str = ""
    frame: str = ""
    note: str = ""
    size: int = 0


def view(row: Notification, files: Sequence[Attachment], *, name: str, whole: bool) -> View:
    """Return the tab of this name, or the first one. A large body is shown `whole` if asked for."""
    make = _MAKERS.get(name, _preview)
    if make in (_preview, _text, _html) and not whole:
        size = len(row.html) + len(row.text)
        if size > _LARGE:
            return View(name if name in TABS else "preview", size=size)
    return make(row, files)


def _preview(row: Notification, files: Sequence[Attachment]) -> View:
    if not row.html:
        return View("preview", text=row.text)
    return View(
        "preview", frame=with_shown_images(inert(row.html), [file.as_file() for file in files])
    )


def _text(row: Notification, _files: Sequence[Attachment]) -> View:
    if row.text.strip() or not row.html:
        return View("text", text=row.text)
    note = _("Generated from the HTML body: the message has no text of its own.")
    return View("text", text=html_to_text(row.html), note=note)


def _html(row: Notification, _files: Sequence[Attachment]) -> View:
    return View("html", text=row.html, note="" if row.html else _("The message has no HTML body."))


def _headers(row: Notification, _files: Sequence[Attachment]) -> View:
    return _composed("headers", lambda: source.headers_of(row))


def _raw(row: Notification, files: Sequence[Attachment]) -> View:
    if sum(file.size for file in files) > _MOST_FILES:
        return View("raw", note=_("The message is large: download it to see its source."))
    raw = _composed("raw", lambda: source.mime_of(row, files).decode(errors="replace"))
    if len(raw.text) <= _MOST_SOURCE:
        return raw
    note = _("This is the beginning; the download has all of it.")
    return View("raw", text=raw.text[:_MOST_SOURCE], note=note)


def _composed(name: str, write: Callable[[], str]) -> View:
    try:
        return View(name, text=write().replace("\r\n", "\n"))
    except (FileNotFoundError, AddressError):
        return View(name, note=_("The message cannot be written: a file is not kept any more."))


_MAKERS: dict[str, Callable[[Notification, Sequence[Attachment]], View]] = {
    "preview": _preview,
    "text": _text,
    "html": _html,
    "headers": _headers,
    "raw": _raw,
}
