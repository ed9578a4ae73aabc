"""A tokenizer for HTML that takes linear time and never fails. Pure.

It reads tags, attributes, comments and raw text as browsers do (WHATWG HTML, 13.2.5
Tokenization). docs/adr/0012 says why it is our own.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.entities import html5

_SPACE = r"[\t\n\f\r ]*+"


def _attribute(part: str) -> str:
    """Return the pattern of an attribute, in which `part` begins the name and each form of a value.
    A quote encloses a value right after "=" only; elsewhere it belongs to a name or a value."""
    return (
        rf"[\t\n\f\r /]*+{part}=[^\t\n\f\r />=]*+|[^\t\n\f\r />=]++)"
        rf"""(?:{_SPACE}={_SPACE}(?:"{part}[^"]*+)"|'{part}[^']*+)'"""
        rf"""|{part}[^\t\n\f\r >"'][^\t\n\f\r >]*+)|(?=>|\Z))|(?!{_SPACE}=))"""
    )


_ATTRIBUTE = re.compile(_attribute("("))
# A match that fails has read the rest once; no text of a page is read again.
_TAG = re.compile(rf"<(/?)([a-zA-Z][^\t\n\f\r />]*+)((?:{_attribute('(?:')})*+)[\t\n\f\r /]*+>")
_TAG_BEGINS = re.compile(r"</?[a-zA-Z]")
_DECLARATION_BEGINS = re.compile(r"<(?:[!?]|/.)", re.DOTALL)
_COMMENT = re.compile(r"<!---?>|<!--")
_COMMENT_ENDS = re.compile(r"--!?>")
# What stands between these tags and their end tags is text, even if it looks like tags.
_RAW_TEXT_ENDS = {
    name: re.compile(rf"</{name}(?=[\t\n\f\r />])", re.IGNORECASE)
    for name in "iframe noembed noframes script style textarea title xmp".split()
} | {"plaintext": re.compile(r"(?!)")}
_HAVE_REFERENCES = ("textarea", "title")
_FOREIGN = ("svg", "math")  # these have CDATA and no raw text
_LONG_REFERENCE = re.compile(r"&#[xX]?[0-9a-fA-F]{8,}+;?")
_REFERENCE_IN_VALUE = re.compile(
    r"&(?:#(?:[0-9]++|[xX][0-9a-fA-F]++);?|[a-zA-Z][a-zA-Z0-9]*+(?:;|(?!=)))"
)


@dataclass(frozen=True, slots=True)
class Tag:
    """`name` is in lower case; `source` is the text of the attributes."""

    name: str
    is_end: bool
    source: str

    def attributes(self) -> dict[str, str]:
        """Return the attributes by their names in lower case; the first of a name counts."""
        found: dict[str, str] = {}
        for name, *values in _ATTRIBUTE.findall(self.source):
            found.setdefault(name.lower(), _unescaped_value("".join(values)))
        return found


def tokens(source: str) -> Iterator[Tag | str]:
    """Yield tags, and texts with their character references resolved."""
    position, foreign = 0, 0
    while position < len(source):
        start = source.find("<", position)
        if start != position:
            yield _unescaped(source[position : start if start >= 0 else None])
        if start < 0:
            return
        if not _TAG_BEGINS.match(source, start):
            position, text = _other_markup(source, start, is_foreign=foreign > 0)
            yield text
            continue
        found = _TAG.match(source, start)
        if not found:
            return
        tag = Tag(found[2].lower(), bool(found[1]), found[3])
        yield tag
        position = found.end()
        if tag.name in _FOREIGN:
            foreign = max(0, foreign + (-1 if tag.is_end else 1))
        elif not foreign and not tag.is_end and tag.name in _RAW_TEXT_ENDS:
            closed = _RAW_TEXT_ENDS[tag.name].search(source, position)
            text = source[position : closed.start() if closed else None]
            yield _unescaped(text) if tag.name in _HAVE_REFERENCES else text
            position += len(text)


def _unescaped(text: str) -> str:
    return html.unescape(_LONG_REFERENCE.sub("\ufffd", text)) if "&" in text else text


def _unescaped_value(text: str) -> str:
    """Resolve references in an attribute. A name without ";" before a letter, a digit or "=" is
    none there: `?id=7&copy=1` is an address."""
    return _REFERENCE_IN_VALUE.sub(_resolved, text) if "&" in text else text


def _resolved(found: re.Match[str]) -> str:
    reference = found[0][1:]
    return _unescaped(found[0]) if reference[0] == "#" or reference in html5 else found[0]


def _other_markup(source: str, start: int, *, is_foreign: bool) -> tuple[int, str]:
    """Return the end of a comment or declaration, or of a "<" that is text, and its text."""
    if found := _COMMENT.match(source, start):
        if found[0].endswith(">"):
            return found.end(), ""
        closed = _COMMENT_ENDS.search(source, found.end())
        return closed.end() if closed else len(source), ""
    if is_foreign and source.startswith("<![CDATA[", start):
        end = source.find("]]>", start)
        text = source[start + 9 : end if end >= 0 else None]
        return end + 3 if end >= 0 else len(source), text
    if _DECLARATION_BEGINS.match(source, start):
        end = source.find(">", start)
        return end + 1 if end >= 0 else len(source), ""
    return start + 1, "<"
