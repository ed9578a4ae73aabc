"""This module has the rows of tables, whose cells are written side by side. It is pure."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Row:
    """A row knows what the text of its next cell needs before it.

    `line` is the number of the line in which the last cell with text began. `separators` are due
    before the next cell that has text.
    """

    line: int = 0
    separators: int = 0
    cells: int = 0
    has_text: bool = False
    cell_is_empty: bool = False

    def begin_cell(self) -> None:
        if self.has_text and self.cells:
            self.separators += 1
        self.cells += 1
        self.cell_is_empty = True

    def end_cell(self) -> None:
        self.cell_is_empty = False

    def begin_text(self, line: int) -> None:
        """Note that the first text of the cell is written in the line of this number."""
        self.line, self.separators = line, 0
        self.has_text, self.cell_is_empty = True, False


@dataclass(slots=True)
class Rows:
    """These are the open rows, from the outermost: a cell may hold a table with rows of its own."""

    _open: list[Row] = field(default_factory=list)

    @property
    def innermost(self) -> Row:
        """The row that gets the next cell."""
        return self._open[-1]

    @property
    def await_text(self) -> bool:
        """Whether the next text is the first one of a cell."""
        return bool(self._open) and self._open[-1].cell_is_empty

    def begin_row(self) -> None:
        if self.await_text:  # The row stands where the text of its cell would.
            around = self.innermost
            self._open.append(Row(around.line, around.separators, has_text=around.has_text))
        else:
            self._open.append(Row())

    def end_row(self) -> None:
        row = self._open.pop()
        if row.has_text and self.await_text:  # The text of the row is that of the cell around it.
            self.innermost.begin_text(self.innermost.line)
