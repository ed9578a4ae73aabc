"""What a mail program may show otherwise than its author sees it. Pure.

Each check is a sentence for the author; nothing is refused because of one.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from notifications.i18n import Sentence
from notifications.i18n import gettext_noop as _
from notifications.message.html_tokens import Tag, tokens

from .filling import Filled

CLIPPED_AT = 102 * 1024  # bytes; Gmail hides what is behind them
LARGE_IMAGE = 200 * 1024  # bytes
LONG_SUBJECT = 78  # characters
_MOST_EACH = 5
_CID = re.compile(r"\s*cid:\s*([^\s\"'()>]{1,200})", re.IGNORECASE)
_NEVER_SHOWN = frozenset("script form iframe object embed video audio link".split())


class ImageFile(Protocol):
    """A standard attachment."""

    name: str
    size: int
    content_type: str
    content_id: str


@dataclass(frozen=True, slots=True)
class Body:
    """What the HTML names: its images by content id, those without a text, and the rest."""

    content_ids: list[str]
    without_alt: list[str]
    insecure: list[str]
    never_shown: list[str]


def warnings_of(filled: Filled, files: Iterable[ImageFile]) -> list[str]:
    """Return what the author should know about the message."""
    found = [*_of_message(filled)]
    body = _read(filled.html)
    found += [*_of_body(body), *_of_files(body, list(files))]
    return found


def _of_message(filled: Filled) -> Iterator[str]:
    if not filled.subject:
        yield Sentence(_("The subject is empty."))
    elif len(filled.subject) > LONG_SUBJECT:
        text = _("The subject has %(length)d characters; many lists show fewer than %(most)d.")
        yield Sentence(text, length=len(filled.subject), most=LONG_SUBJECT)
    if not filled.text.strip():
        yield Sentence(_("The text alternative is empty."))
    size = len(filled.html.encode(errors="replace"))
    if size > CLIPPED_AT:
        text = _("The HTML body has %(size)d kB; Gmail cuts off what is over %(most)d kB.")
        yield Sentence(text, size=size // 1024, most=CLIPPED_AT // 1024)


def _of_body(body: Body) -> Iterator[str]:
    if body.without_alt:
        text = _("Images without an alt text: %(names)s.")
        yield Sentence(text, names=_listed(body.without_alt))
    if body.insecure:
        text = _("Addresses that begin with http:// are not encrypted: %(names)s.")
        yield Sentence(text, names=_listed(body.insecure))
    if body.never_shown:
        text = _("Mail programs do not show: %(names)s.")
        yield Sentence(text, names=_listed(body.never_shown))


def _of_files(body: Body, files: list[ImageFile]) -> Iterator[str]:
    ids = {file.content_id for file in files if file.content_id}
    if lost := [each for each in body.content_ids if each not in ids]:
        text = _("There is no attachment with this Content-ID: %(names)s.")
        yield Sentence(text, names=_listed(lost))
    if unused := [f.name for f in files if f.content_id and f.content_id not in body.content_ids]:
        text = _("The body does not show these images; they are attached: %(names)s.")
        yield Sentence(text, names=_listed(unused))
    images = [file for file in files if file.content_type.startswith("image/")]
    if large := [file.name for file in images if file.size > LARGE_IMAGE]:
        text = _("Images of more than %(most)d kB: %(names)s.")
        yield Sentence(text, most=LARGE_IMAGE // 1024, names=_listed(large))


def _read(html: str) -> Body:
    body = Body([], [], [], [])
    for token in tokens(html):
        if not isinstance(token, Tag) or token.is_end:
            continue
        attributes = token.attributes()
        if token.name == "img" and "alt" not in attributes:
            body.without_alt.append(attributes.get("src", "img"))
        if token.name in _NEVER_SHOWN:
            body.never_shown.append(f"<{token.name}>")
        for value in attributes.values():
            if match := _CID.match(value):
                body.content_ids.append(match[1])
        address = attributes.get("href") or attributes.get("src") or ""
        if address.strip().lower().startswith("http://"):
            body.insecure.append(address.strip())
    return body


def _listed(names: Iterable[str]) -> str:
    kept = list(dict.fromkeys(name[:80] for name in names))
    return ", ".join(kept[:_MOST_EACH]) + (" …" if len(kept) > _MOST_EACH else "")
