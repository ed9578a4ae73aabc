"""The files that a message shows within its HTML, which names them by cid: (RFC 2392). Pure."""

import base64
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from urllib.parse import unquote

from .html_tokens import Tag, tokens
from .message import File, MailMessage
from .mime_parts import is_content_id

_LONGEST = 1000
# A file that is named by a later one is an ordinary attachment.
_MOST_REFERENCES = 1000
_BEGINS = re.compile("cid:", re.IGNORECASE)
# A reference is a whole value, stands in url() or in a list (srcset).
_FORMS = [
    re.compile(rf"{sign}{{1,{_LONGEST}}}") for sign in (r"[^\0]", r"[^\"'()]", r"[^\s,;\"'()]")
]
# Outlook reads backgrounds in comments of this kind.
_CONDITIONAL = re.compile(r"<!--(\[if.*?)(?:-->|\Z)", re.DOTALL | re.IGNORECASE)
_NOT_COMPARED = re.compile(r'[\s<>"]')
_IMAGE = re.compile(r"image/[a-z0-9.+-]+")
# A page that shows a message has no more than so many characters of images.
_MOST_SHOWN = 8 * 1024 * 1024


def with_inline_files(message: MailMessage) -> MailMessage:
    """Return the message with content ids for those files only that its HTML shows. Ids that cannot
    stand in a header are replaced, and the HTML names files by the same ids as the headers."""
    if not any(file.content_id for file in message.files):
        return message
    shows_html = message.html and not message.plain_text_only
    named = _named(message.html) if shows_html else {}
    files, body = [], message.html
    for file in message.files:
        forms = named.get(_compared(file.content_id), set()) if file.content_id else set()
        content_id = _in_header(file) if forms else ""
        files.append(replace(file, content_id=content_id))
        if forms - {content_id}:
            body = _renamed(body, forms, content_id)
    return replace(message, html=body, files=tuple(files))


def with_shown_images(body: str, files: Sequence[File]) -> str:
    """Return the HTML for a page that shows it: images that it names by cid: stand in it as data:
    URLs, as far as a page can carry them."""
    named = _named(body) if any(file.content_id for file in files) else {}
    by_form: dict[str, File] = {}
    for file in files:
        if file.content_id and _IMAGE.match(file.content_type):
            by_form |= dict.fromkeys(named.get(_compared(file.content_id), ()), file)
    if not by_form:
        return body
    forms = sorted(by_form, key=len, reverse=True)
    written = "|".join(f"({_pattern(form)})" for form in forms)
    left = _MOST_SHOWN

    def shown(found: re.Match[str]) -> str:
        nonlocal left
        file = by_form[forms[(found.lastindex or 1) - 1]]
        length = file.size * 4 // 3
        if length > left:
            return found[0]
        try:
            content = base64.b64encode(file.read()).decode()
        except FileNotFoundError:
            return found[0]
        left -= length
        return f"data:{_IMAGE.findall(file.content_type)[0]};base64,{content}"

    return re.sub(rf"(?i:cid:)\s*(?:{written})(?![\w.@-])", shown, body)


def _in_header(file: File) -> str:
    if is_content_id(file.content_id):
        return file.content_id
    readable = re.sub(r"[^A-Za-z0-9]+", "-", file.content_id).strip("-")[:40]
    return f"{readable or 'file'}.{hashlib.sha256(file.content_id.encode()).hexdigest()[:12]}"


def _renamed(body: str, forms: set[str], content_id: str) -> str:
    """Let the HTML name the file by its id in the header, in one pass."""
    written = "|".join(map(_pattern, sorted(forms, key=len, reverse=True)))
    return re.sub(rf"((?i:cid:)\s*)(?:{written})", rf"\g<1>{content_id}", body)


def _pattern(form: str) -> str:
    # The reference first: of "&amp;" the "&" alone would do for an "&".
    return "".join(
        each if each.isascii() and each.isalnum() else rf"(?:&[#\w]{{1,30}};|{re.escape(each)})"
        for each in form
    )


def _named(body: str) -> dict[str, set[str]]:
    """Return what the HTML may name by cid:, with the forms in which it does."""
    found: dict[str, set[str]] = defaultdict(set)
    if not _BEGINS.search(body):
        return found
    for rest in islice(_references(body), _MOST_REFERENCES):
        for form in _FORMS:
            if written := form.match(rest):
                found[_compared(written[0])].add(written[0].strip())
    return found


def _references(body: str) -> Iterator[str]:
    """Yield what stands behind each cid:, as far as an id can be."""
    for text in _referring(body):
        for begin in _BEGINS.finditer(text):
            yield text[begin.end() : begin.end() + _LONGEST]


def _referring(body: str) -> Iterator[str]:
    """Yield the texts in which a reference counts: attributes and style sheets."""
    is_style = False
    for part in (body, *_CONDITIONAL.findall(body)):
        for token in tokens(part):
            if isinstance(token, Tag):
                is_style = token.name == "style" and not token.is_end
                if _BEGINS.search(token.source):
                    yield from token.attributes().values()
            elif is_style:
                yield token


def _compared(text: str) -> str:
    return _NOT_COMPARED.sub("", unquote(text))
