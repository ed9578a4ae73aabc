"""A tokenizer for HTML that takes linear time and never fails. Pure.

html.parser is not used: some malformed input keeps it busy for minutes (CVE-2025-6069), and a
character reference with 5,000 digits makes it raise.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

# A quoted value may contain ">". A match that fails has read the whole rest, so after the first
# failure the simple pattern is used.
_TAG = re.compile(r"""</?([a-zA-Z][^\s/>]*+)((?:[^>"']|"[^"]*+"|'[^']*+')*+)>""")
_SIMPLE_TAG = re.compile(r"</?([a-zA-Z][^\s/>]*+)([^>]*+)>")
_TAG_BEGINS = re.compile(r"</?[a-zA-Z]")
_ATTRIBUTE = re.compile(r"""([^\s"'<>/=]++)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'>]++)))?+""")
# Nothing between these tags and their end tags is ever shown.
_HIDDEN_ENDS = {
    name: re.compile(rf"</{name}[^>]*+>", re.IGNORECASE)
    for name in ("script", "style", "title", "template")
}
_LONG_REFERENCE = re.compile(r"&#[xX]?[0-9a-fA-F]{8,}+;?")


@dataclass(frozen=True, slots=True)
class Tag:
    """`name` is in lower case."""

    name: str
    is_end: bool
    source: str

    def attribute(self, name: str) -> str:
        """Return the attribute's value, or "" if the tag lacks it."""
        for key, *values in _ATTRIBUTE.findall(self.source):
            if key.lower() == name:
                return _unescaped("".join(values))
        return ""


def tokens(source: str) -> Iterator[Tag | str]:
    """Yield tags, and texts with their character references resolved."""
    position, pattern = 0, _TAG
    while position < len(source):
        start = source.find("<", position)
        if start != position:
            yield _unescaped(source[position : start if start >= 0 else None])
        if start < 0:
            return
        if not _TAG_BEGINS.match(source, start):
            position = _after_other_markup(source, start)
            if position == start + 1:
                yield "<"
            continue
        found = pattern.match(source, start)
        if not found:
            pattern = _SIMPLE_TAG
            found = pattern.match(source, start)
        if not found:
            return
        tag = Tag(found[1].lower(), source[start + 1] == "/", found[2])
        yield tag
        position = _after_hidden(source, tag, found.end())


def _unescaped(text: str) -> str:
    return html.unescape(_LONG_REFERENCE.sub("\ufffd", text)) if "&" in text else text


def _after_other_markup(source: str, start: int) -> int:
    """Return the end of a comment or declaration, or the place after a "<" that is only text."""
    if source.startswith("<!--", start):
        end, length = source.find("-->", start + 2), 3
    elif source.startswith(("<!", "<?", "</"), start):
        end, length = source.find(">", start), 1
    else:
        return start + 1
    return end + length if end >= 0 else len(source)


def _after_hidden(source: str, tag: Tag, position: int) -> int:
    end = _HIDDEN_ENDS.get(tag.name)
    if end is None or tag.is_end:
        return position
    found = end.search(source, position)
    return found.start() if found else len(source)
