"""Lines of plain text, as they are written from the pieces of a page. Pure."""

import re
from dataclasses import dataclass, field

from .unsafe_characters import without_padding

# Nobody reads deeper nesting, and unbounded indents would make the text grow with its square.
_DEEPEST = 12
_MOST_PIECES = 50  # of a text that is compared with something short
_OPENING = tuple("([{<\"'“„‘‚«‹")  # noqa: RUF001 - real quotation marks
_CLOSING = re.compile(r"""[.,;:!?)\]}>"'”’»›…]*""")  # noqa: RUF001
_KEPT_EMPTY = "\0"  # stands in an empty line of preformatted text until all is written


@dataclass(slots=True)
class Mark:
    """The place of the first text that was written after the mark was set, if any was."""

    line: int = -1
    piece: int = -1


@dataclass(slots=True)
class _Row:
    """A row of a table. `due` are the separators before the next cell that has text, `line` is
    where its last cell began."""

    line: int = 0
    due: int = 0
    cells: int = 0
    has_text: bool = False
    cell_is_empty: bool = False


@dataclass(slots=True)
class Lines:
    """A break waits until text follows, so that empty elements leave no lines."""

    quotes: int = 0
    indents: list[int] = field(default_factory=list)  # of the lists, from the outermost
    bullets: list[str] = field(default_factory=list)  # that wait for the texts of their items
    openings: list[str] = field(default_factory=list)  # signs that wait for the text they enclose
    _rows: list[_Row] = field(default_factory=list)
    _marks: list[Mark] = field(default_factory=list)
    _lines: list[str] = field(default_factory=list)
    _line: list[str] = field(default_factory=list)
    _waiting: int = 0
    _ends_with_space: bool = False
    _ends_with_address: bool = False

    def wait(self, lines: int) -> None:
        """Ask for a break; the first paragraph of an item or a cell needs none."""
        if not (self._rows and self._rows[-1].cell_is_empty):
            self._waiting = max(self._waiting, min(lines, 1) if self.bullets else lines)

    def write(self, text: str) -> None:
        """Write what is no line break. Spaces alone do not begin a cell."""
        if text.isspace():
            if not (self._rows and self._rows[-1].cell_is_empty):
                self._put(text)
        elif text:
            self._begin_text()
            self._put("".join(self.openings) + text)
            self.openings.clear()

    def write_collapsed(self, text: str) -> None:
        """Write text in which a space stands for each run of them; none begins a line."""
        is_start = not self._line or self._waiting or self._ends_with_space
        self.write(text.lstrip(" ") if is_start else text)

    def write_behind(self, text: str) -> None:
        """Write right behind the last text, even if a break waits."""
        if self._line:
            self._line.append(text)
            self._ends_with_space = False
        else:
            self.write(text)

    def write_address(self, address: str) -> None:
        """Write an address that nothing encloses."""
        mark = self.mark()
        self.write(address)
        self.keep_apart(mark)

    def write_address_behind(self, address: str) -> None:
        self.write_behind(f"<{address}>" if self._ends_with_space else f" <{address}>")

    def keep_apart(self, mark: Mark) -> None:
        """Let no other text touch the address that was written since the mark."""
        if mark.line == len(self._lines) and mark.piece > 1:
            before, begin = self._line[mark.piece - 1][-1:], self._line[mark.piece][:1]
            if not before.isspace() and not begin.isspace() and before not in _OPENING:
                self._line.insert(mark.piece, " ")
        self._ends_with_address = True

    def mark(self) -> Mark:
        self._marks.append(Mark())
        return self._marks[-1]

    def since(self, mark: Mark) -> str | None:
        """Return what was written since the mark, "" if nothing was, None if it is long."""
        if mark.piece < 0:
            return ""
        is_short = mark.line == len(self._lines) and len(self._line) - mark.piece < _MOST_PIECES
        return "".join(self._line[mark.piece :]) if is_short else None

    def insert(self, mark: Mark, text: str) -> None:
        """Write at the mark, in the line that is being written."""
        self._line.insert(mark.piece, text)

    def break_line(self, *, is_preformatted: bool = False) -> None:
        """Write a line break of the page's own, even if the line is empty."""
        if self._waiting:
            self._take_break()
        line = "".join(self._line or [self._prefix()]).rstrip()
        self._lines.append(line if line or not is_preformatted else _KEPT_EMPTY)
        self._begin_line()

    def begin_row(self) -> None:
        around = self._rows[-1] if self._rows else _Row()
        if around.cell_is_empty:  # the row stands where the text of its cell would
            self._rows.append(_Row(around.line, around.due, has_text=around.has_text))
        else:
            self._rows.append(_Row())

    def end_row(self) -> None:
        row = self._rows.pop()
        if self._rows and row.has_text and self._rows[-1].cell_is_empty:
            around = self._rows[-1]
            around.has_text, around.due, around.cell_is_empty = True, 0, False

    def begin_cell(self) -> None:
        """Put the cells of a row into one line, even if each holds a paragraph."""
        row = self._rows[-1]
        if not row.has_text:
            self.wait(1)
        elif row.cells:
            row.due += 1
        row.cells += 1
        row.cell_is_empty = True

    def end_cell(self) -> None:
        self._waiting = min(self._waiting, 1)
        self._rows[-1].cell_is_empty = False

    def text(self) -> str:
        """Return the lines, with no more than one empty line where the text is not preformatted."""
        self._finish_line()
        text = without_padding("\n".join(self._lines)).replace("\u00a0", " ")
        text = "\n".join(line.rstrip() for line in text.split("\n"))
        return re.sub(r"\n{3,}", "\n\n", text).strip("\n").replace(_KEPT_EMPTY, "")

    def _begin_text(self) -> None:
        """Write what stands between the last cell and the first text of this one."""
        row = self._rows[-1] if self._rows else None
        if not row or not row.cell_is_empty:
            return
        row.cell_is_empty = False
        if row.has_text and row.line == len(self._lines):
            self._waiting = 0
            self._put(" | " * row.due)
        elif row.has_text:  # that of a cell of several lines: another cell begins a line
            self.wait(1)
        if self._waiting:
            self._take_break()
        row.has_text, row.due, row.line = True, 0, len(self._lines)

    def _put(self, text: str) -> None:
        if self._waiting:
            self._take_break()
        if not self._line:
            self._line.append(self._prefix())
        if self._ends_with_address and text:
            rest = _CLOSING.sub("", text, count=1)
            if rest and not rest[0].isspace():
                text = f" {text}"
            self._ends_with_address = not rest
        if self._marks and not text.isspace():
            for mark in self._marks:
                mark.line, mark.piece = len(self._lines), len(self._line)
            self._marks.clear()
        self._line.append(text)
        self._ends_with_space = text[-1:].isspace()

    def _take_break(self) -> None:
        self._finish_line()
        if self._waiting > 1 and self._lines and self._lines[-1].strip("> "):
            inside = self.quotes and self._lines[-1].startswith(">")
            self._lines.append(">" if inside else "")
        self._waiting = 0

    def _finish_line(self) -> None:
        if self._line:
            self._lines.append("".join(self._line).rstrip())
        self._begin_line()

    def _begin_line(self) -> None:
        self._line, self._ends_with_space, self._ends_with_address = [], False, False

    def _prefix(self) -> str:
        end = max(0, len(self.indents) - len(self.bullets))
        indent = sum(self.indents[max(0, end - _DEEPEST) : end])
        bullets = "".join(self.bullets[-_DEEPEST:])
        self.bullets.clear()
        return "> " * min(self.quotes, _DEEPEST) + " " * indent + bullets
