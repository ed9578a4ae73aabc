"""Lines of plain text are written here from the pieces of a page. This module is pure."""

import re
from dataclasses import dataclass, field

from .open_line import OpenLine
from .text_rows import Rows
from .unsafe_characters import without_padding

# Nobody reads deeper nesting, and unbounded indents would make the text grow with its square.
_DEEPEST = 12
_INDENT = 2  # The texts of a list that are in none of its items have this indent.
_KEPT_EMPTY = "\0"  # This stands in an empty line of preformatted text until all is written.


@dataclass(slots=True)
class Margin:
    """The margin is what the open quotes and lists write at the beginning of each line.

    A bullet waits for the text of its item, and stands in the first line of it only.
    """

    quotes: int = 0
    _indents: list[int] = field(default_factory=list)
    _bullets: list[str] = field(default_factory=list)

    @property
    def has_bullet(self) -> bool:
        return bool(self._bullets)

    def begin_list(self) -> None:
        self._indents.append(_INDENT)

    def end_list(self) -> None:
        self._indents.pop()

    def begin_item(self, bullet: str) -> None:
        """Let the lines of the item be indented by the width of its bullet."""
        self._bullets.append(bullet)
        if self._indents:
            self._indents[-1] = len(bullet)

    def end_item(self) -> None:
        if self._bullets:  # The item has no text.
            self._bullets.pop()

    def take(self) -> str:
        """Return the margin of the next line, whose bullets wait no longer."""
        end = max(0, len(self._indents) - len(self._bullets))
        indent = sum(self._indents[max(0, end - _DEEPEST) : end])
        bullets = "".join(self._bullets[-_DEEPEST:])
        self._bullets.clear()
        return "> " * min(self.quotes, _DEEPEST) + " " * indent + bullets


@dataclass(slots=True)
class Lines:
    """A break waits until text follows, so that empty elements leave no lines.

    `openings` are the signs that wait for the text they enclose. `_waiting` is how many line
    breaks wait: one begins a line, and two leave an empty line before it.
    """

    line: OpenLine = field(default_factory=OpenLine)
    margin: Margin = field(default_factory=Margin)
    rows: Rows = field(default_factory=Rows)
    openings: list[str] = field(default_factory=list)
    _lines: list[str] = field(default_factory=list)
    _waiting: int = 0

    def wait(self, breaks: int) -> None:
        """Ask for a break; the first paragraph of an item or a cell needs none."""
        if not self.rows.await_text:
            self._waiting = max(self._waiting, min(breaks, 1) if self.margin.has_bullet else breaks)

    def write(self, text: str) -> None:
        """Write what is no line break. Spaces alone do not begin a cell."""
        if text.isspace():
            if not self.rows.await_text:
                self._put(text)
        elif text:
            if self.rows.await_text:
                self._begin_text_of_cell()
            self._put("".join(self.openings) + text)
            self.openings.clear()

    def write_collapsed(self, text: str) -> None:
        """Write text in which a space stands for each run of them; none begins a line."""
        is_start = self.line.is_empty or self._waiting or self.line.ends_with_space
        self.write(text.lstrip(" ") if is_start else text)

    def write_behind(self, text: str) -> None:
        """Write right behind the last text, even if a break waits."""
        if self.line.is_empty:
            self.write(text)
        else:
            self.line.write_close(text)

    def write_address_behind(self, address: str) -> None:
        """Write the address of a link behind the text of the link."""
        self.write_behind(f"<{address}>" if self.line.ends_with_space else f" <{address}>")

    def break_line(self, *, is_preformatted: bool = False) -> None:
        """Write a line break of the page's own, even if the line is empty."""
        self._take_break()
        if self.line.is_empty:
            self.line.begin(self.margin.take())
        line = self.line.end()
        self._lines.append(line if line or not is_preformatted else _KEPT_EMPTY)

    def begin_cell(self) -> None:
        """Put the cells of a row into one line, even if each holds a paragraph."""
        row = self.rows.innermost
        if not row.has_text:
            self.wait(1)
        row.begin_cell()

    def end_cell(self) -> None:
        """Leave no empty line between this cell and the next one."""
        self._waiting = min(self._waiting, 1)
        self.rows.innermost.end_cell()

    def text(self) -> str:
        """Return the lines, with no more than one empty line where the text is not preformatted."""
        text = without_padding("\n".join([*self._lines, self.line.text()]))
        text = text.replace("\u00a0", " ")
        text = "\n".join(line.rstrip() for line in text.split("\n"))
        return re.sub(r"\n{3,}", "\n\n", text).strip("\n").replace(_KEPT_EMPTY, "")

    def _begin_text_of_cell(self) -> None:
        """Write what stands between the last cell and the first text of this one."""
        row = self.rows.innermost
        if row.has_text and row.line == self.line.number:
            self._waiting = 0
            self._put(" | " * row.separators)
        elif row.has_text:  # The last cell has several lines, so this one begins a line.
            self._waiting = max(self._waiting, 1)
        self._take_break()
        row.begin_text(self.line.number)

    def _put(self, text: str) -> None:
        self._take_break()
        if self.line.is_empty:
            self.line.begin(self.margin.take())
        self.line.write(text)

    def _take_break(self) -> None:
        """Begin a line, behind an empty one if need be, if a break waits."""
        if not self._waiting:
            return
        if not self.line.is_empty:
            self._lines.append(self.line.end())
        if self._waiting > 1 and self._lines and self._lines[-1].strip("> "):
            is_inside = self.margin.quotes and self._lines[-1].startswith(">")
            self._lines.append(">" if is_inside else "")
        self._waiting = 0
