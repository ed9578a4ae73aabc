"""The chapters of the help: the files of docs/, read at the first visit. Nothing in a request
names a file: chapters are looked up in a table that is made at the start."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

# The order of reading; what else is there follows.
_ORDER = (
    "using-it", "connect-microsoft-365", "delivery", "alarms", "api", "smtp", "operations",
    "security",
)  # fmt: skip
_FOUND = {path.stem: path for path in sorted((settings.BASE_DIR / "docs").glob("*.md"))}
FILES = {name: _FOUND[name] for name in (*_ORDER, *_FOUND) if name in _FOUND}
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True, slots=True)
class Heading:
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """`headings` are those of the second level: the chapter's table of contents."""

    name: str
    title: str
    html: SafeString
    headings: tuple[Heading, ...]
    anchors: frozenset[str]


@cache
def chapter(name: str) -> Chapter:
    """Render a chapter of `FILES`."""
    tokens = _MARKDOWN.parse(FILES[name].read_text(encoding="utf-8"))
    headings = _with_anchors(tokens)
    for token in tokens:
        if token.type == "table_open":
            token.attrSet("tabindex", "0")  # it scrolls, with the keyboard as well
        _lead(token.children or [])
    html = str(_MARKDOWN.renderer.render(_below_the_title(tokens), _MARKDOWN.options, {}))
    html = html.replace("<pre>", '<pre tabindex="0">')
    return Chapter(
        name,
        titles()[name],
        mark_safe(html),  # noqa: S308 - of our own files, in which HTML is escaped
        tuple(heading for tag, heading in headings if tag == "h2"),
        frozenset(heading.anchor for _tag, heading in headings),
    )


@cache
def titles() -> dict[str, str]:
    """Return the title of each chapter, which is its file's first line, by the chapter's name."""
    return {name: _first_line(path).removeprefix("# ").strip() for name, path in FILES.items()}


def _first_line(path: Path) -> str:
    with path.open(encoding="utf-8") as file:
        return file.readline()


def _with_anchors(tokens: list[Token]) -> list[tuple[str, Heading]]:
    """Give each heading the `id` that GitHub gives it, so that links lead there in both places."""
    found, seen = [], Counter[str]()
    for opening, inline in pairwise(tokens):
        if opening.type != "heading_open":
            continue
        text = "".join(part.content for part in inline.children or ())
        anchor = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
        seen[anchor] += 1
        if seen[anchor] > 1:
            anchor = f"{anchor}-{seen[anchor] - 1}"
        opening.attrSet("id", anchor)
        found.append((opening.tag, Heading(anchor, text)))
    return found


def _below_the_title(tokens: list[Token]) -> list[Token]:
    """The title stands in the page's header."""
    has_title = bool(tokens) and tokens[0].tag == "h1"
    return tokens[3:] if has_title else tokens


def _lead(tokens: list[Token]) -> None:
    """Point links at the pages of their chapters. A picture, and a link to another file, has
    nothing to lead to here: its text stays."""
    tag = "a"
    for token in tokens:
        if token.type == "image":
            token.type, token.children = "text", None
        elif token.type == "link_open":
            token.attrs = _attributes(str(token.attrs["href"]))
            tag = token.tag = "a" if token.attrs else "span"
        elif token.type == "link_close":
            token.tag = tag


def _attributes(href: str) -> dict[str, str | int | float]:
    target = urlsplit(href)
    if target.scheme or target.netloc:
        return {"href": href, "target": "_blank", "rel": "noopener"}
    if not target.path:
        return {"href": href}
    name = target.path.removesuffix(".md")
    if name not in FILES:
        return {}
    address = reverse("help_chapter", args=[name])
    return {"href": f"{address}#{target.fragment}" if target.fragment else address}
