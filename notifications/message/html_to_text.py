"""HTML bodies as readable text, which keeps links, lists, tables and quotes. Pure."""

import re
from dataclasses import dataclass, field

from .html_tokens import Tag, tokens

# The beginning and the end of an element make so many line breaks; 2 leave an empty line between.
_BREAKS = dict.fromkeys(
    "address article aside body dd div dl dt fieldset figcaption figure footer form header html "
    "li main nav option section tbody tfoot thead tr".split(),
    1,
) | dict.fromkeys("blockquote h1 h2 h3 h4 h5 h6 hr ol p pre table ul".split(), 2)
_RULE = "-" * 40
# Nobody reads deeper nesting, and unbounded indents would make the text grow with its square.
_DEEPEST = 12
_SPACE = re.compile(r"[ \t\r\n\f]+")
_INVISIBLE = re.compile("[\u00ad\u200b\ufeff]")
_LINK = re.compile(r"(?:https?:|mailto:|tel:|ftps?:)", re.IGNORECASE)


def html_to_text(html: str) -> str:
    """Return text for people who read mail as text. It never fails and takes linear time."""
    page = _Page()
    for token in tokens(html):
        if isinstance(token, str):
            page.add(token)
        elif token.is_end:
            page.end(token.name)
        else:
            page.start(token)
    return page.text()


@dataclass(slots=True)
class _List:
    """`number` is the next item's, or None for bullets; `indent` is that of the items' texts."""

    number: int | None
    indent: int = 2


@dataclass(slots=True)
class _Link:
    target: str
    label: list[str] = field(default_factory=list)


class _Page:
    """The text so far. A break waits until text follows, so that empty elements leave no lines."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line: list[str] = []
        self._waiting = 0
        self._ends_with_space = False
        self._preformatted = 0
        self._quotes = 0
        self._lists: list[_List] = []
        self._bullet = ""
        self._link: _Link | None = None
        self._cells = 0
        self._row_has_text = False
        self._cell_is_empty = False

    def add(self, text: str) -> None:
        if self._preformatted:
            first, *rest = text.replace("\r\n", "\n").split("\n")
            self._write(first)
            for line in rest:
                self._break_line()
                self._write(line)
            return
        text = _SPACE.sub(" ", text)
        if self._ends_with_space or self._waiting or not self._line:
            text = text.lstrip(" ")
        self._write(text)

    def start(self, tag: Tag) -> None:
        name = tag.name
        self._wait(1 if self._lists and name in ("ul", "ol") else _BREAKS.get(name, 0))
        if name == "br":
            self._break_line()
        elif name in ("td", "th"):
            self._start_cell()
        elif name == "tr":
            self._cells, self._row_has_text = 0, False
        elif name == "a":
            self._end_link()
            self._link = _Link("".join(tag.attribute("href").split()))
        elif name == "img":
            alternative = " ".join(tag.attribute("alt").split())
            self._write(f"[{alternative}]" if alternative else "")
        elif name == "hr":
            self._write(_RULE)
            self._wait(1)
        else:
            self._start_nesting(tag)

    def end(self, name: str) -> None:
        if name == "a":
            self._end_link()
        elif name == "blockquote":
            self._quotes = max(0, self._quotes - 1)
        elif name in ("ul", "ol") and self._lists:
            self._lists.pop()
            self._bullet = ""
        elif name == "pre":
            self._preformatted = max(0, self._preformatted - 1)
        elif name == "table":
            self._row_has_text = self._cell_is_empty = False
        elif name in ("td", "th"):
            self._waiting, self._cell_is_empty = min(self._waiting, 1), False
        # No empty line separates a list from the list that holds it.
        self._wait(1 if self._lists and name in ("ul", "ol") else _BREAKS.get(name, 0))

    def text(self) -> str:
        self._end_link()
        self._finish_line()
        text = _INVISIBLE.sub("", "\n".join(self._lines)).replace("\u00a0", " ")
        text = "\n".join(line.rstrip() for line in text.split("\n"))
        return re.sub(r"\n{3,}", "\n\n", text).strip("\n")

    def _start_nesting(self, tag: Tag) -> None:
        if tag.name == "blockquote":
            self._quotes += 1
        elif tag.name in ("ul", "ol"):
            first = tag.attribute("start") if tag.name == "ol" else ""
            number = int(first) if re.fullmatch(r"\d{1,6}", first, re.ASCII) else 1
            self._lists.append(_List(number if tag.name == "ol" else None))
        elif tag.name == "li":
            self._start_item()
        elif tag.name == "pre":
            self._preformatted += 1

    def _start_item(self) -> None:
        current = self._lists[-1] if self._lists else _List(None)
        if current.number is None:
            self._bullet = "- "
        else:
            self._bullet = f"{current.number}. "
            current.number += 1
        current.indent = len(self._bullet)

    def _start_cell(self) -> None:
        """Put the cells of a row into one line, even if each holds a paragraph."""
        if self._cells and self._row_has_text:
            self._waiting = 0
            self._write(" | ")
        else:
            self._wait(1)
        self._cells += 1
        self._cell_is_empty = True

    def _end_link(self) -> None:
        link, self._link = self._link, None
        if not link or not _LINK.match(link.target):
            return
        address = re.sub(r"^mailto:([^?]*).*", r"\1", link.target, flags=re.IGNORECASE)
        label = " ".join("".join(link.label).split())
        if label in (address, re.sub(r"^\w+:(//)?|/$", "", address)):
            return
        if not label:
            self._write(address)
        elif self._line:
            # The address stays next to its label: a waiting break comes after it.
            self._line.append(f"<{address}>" if self._ends_with_space else f" <{address}>")
            self._ends_with_space = False

    def _wait(self, lines: int) -> None:
        """Ask for a break; the first paragraph of an item or a cell needs none."""
        if not self._cell_is_empty:
            self._waiting = max(self._waiting, min(lines, 1) if self._bullet else lines)

    def _write(self, text: str) -> None:
        if not text:
            return
        if self._waiting:
            self._take_break()
        if not self._line:
            self._line.append(self._prefix())
        self._line.append(text)
        self._ends_with_space = text.endswith(" ")
        self._row_has_text, self._cell_is_empty = True, False
        if self._link:
            self._link.label.append(text)

    def _take_break(self) -> None:
        self._finish_line()
        if self._waiting > 1 and self._lines and self._lines[-1].strip("> "):
            inside = self._quotes and self._lines[-1].startswith(">")
            self._lines.append(">" if inside else "")
        self._waiting = 0

    def _break_line(self) -> None:
        """Write the line break of <br> or of preformatted text, even if the line is empty."""
        if self._waiting:
            self._take_break()
        self._lines.append("".join(self._line or [self._prefix()]).rstrip())
        self._line, self._ends_with_space = [], False

    def _finish_line(self) -> None:
        if self._line:
            self._lines.append("".join(self._line).rstrip())
        self._line, self._ends_with_space = [], False

    def _prefix(self) -> str:
        outer = self._lists[-_DEEPEST:-1] if self._bullet else self._lists[-_DEEPEST:]
        indent = sum(each.indent for each in outer)
        prefix = "> " * min(self._quotes, _DEEPEST) + " " * indent + self._bullet
        self._bullet = ""
        return prefix
