"""This module has the line that is being written, and marks of places in it. It is pure."""

import re
from dataclasses import dataclass, field

_MOST_PIECES = 50  # What is compared with a text has fewer.
_OPENING = tuple("([{<\"'“„‘‚«‹")  # noqa: RUF001 - These are real quotation marks.
_CLOSING = re.compile(r"""[.,;:!?)\]}>"'”’»›…]*""")  # noqa: RUF001


@dataclass(slots=True)
class Mark:
    """A mark is the place of the first text that is written after it was set. It has no place
    while there is no such text."""

    line: int = -1
    piece: int = -1


@dataclass(slots=True)
class OpenLine:
    """The line has its margin and then texts as its pieces. The next line begins where it ends.

    `number` counts the lines that have ended. A mark waits, over several lines if need be, until
    a text follows that is more than spaces.
    """

    number: int = 0
    _pieces: list[str] = field(default_factory=list)
    _marks: list[Mark] = field(default_factory=list)
    _ends_with_address: bool = False

    @property
    def is_empty(self) -> bool:
        return not self._pieces

    @property
    def ends_with_space(self) -> bool:
        return bool(self._pieces) and self._pieces[-1][-1:].isspace()

    def begin(self, margin: str) -> None:
        """Begin the line with its margin, which may have no characters."""
        self._pieces.append(margin)

    def write(self, text: str) -> None:
        """Write a text behind the margin, apart from an address that stands there."""
        if self._ends_with_address and text:
            rest = _CLOSING.sub("", text, count=1)
            if rest and not rest[0].isspace():
                text = f" {text}"
            self._ends_with_address = not rest
        if self._marks and not text.isspace():
            for mark in self._marks:
                mark.line, mark.piece = self.number, len(self._pieces)
            self._marks.clear()
        self._pieces.append(text)

    def write_close(self, text: str) -> None:
        """Write what belongs to the last text, even if that is an address."""
        self._pieces.append(text)

    def mark(self) -> Mark:
        """Set a mark behind what is written."""
        self._marks.append(Mark())
        return self._marks[-1]

    def since(self, mark: Mark) -> str | None:
        """Return what was written since the mark, "" if nothing was, None if it is long."""
        if mark.piece < 0:
            return ""
        is_short = mark.line == self.number and len(self._pieces) - mark.piece < _MOST_PIECES
        return "".join(self._pieces[mark.piece :]) if is_short else None

    def insert(self, mark: Mark, text: str) -> None:
        """Write a text at a mark that is in this line."""
        self._pieces.insert(mark.piece, text)

    def keep_apart(self, mark: Mark) -> None:
        """Let no other text touch the address that was written since the mark."""
        if mark.line == self.number and mark.piece > 1:
            before, begin = self._pieces[mark.piece - 1][-1:], self._pieces[mark.piece][:1]
            if not before.isspace() and not begin.isspace() and before not in _OPENING:
                self._pieces.insert(mark.piece, " ")
        self._ends_with_address = True

    def text(self) -> str:
        """Return the line without the spaces at its end."""
        return "".join(self._pieces).rstrip()

    def end(self) -> str:
        """Return the line as text() does, and begin the next one."""
        text = self.text()
        self.number += 1
        self._pieces.clear()
        self._ends_with_address = False
        return text
