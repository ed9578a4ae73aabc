"""Bullets and numbers of the items of lists, as browsers count them. Pure."""

import re
from dataclasses import dataclass
from typing import Self

from .html_elements import Element, read

_WHOLE = re.compile(r"[\t\n\f\r ]*([+-]?[0-9]{1,9})")
_STYLES = {
    "lower-alpha": "a", "lower-latin": "a", "upper-alpha": "A", "upper-latin": "A",
    "lower-roman": "i", "upper-roman": "I", "decimal": "1",
}  # fmt: skip
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
    (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_LARGEST_ROMAN = 3999
_LETTERS = 26


@dataclass(slots=True)
class Numbering:
    """`number` is the next item's, or None for bullets; `kind` is that of <ol type>."""

    number: int | None = None
    step: int = 1
    kind: str = "1"

    @classmethod
    def of(cls, element: Element, *, size: int) -> Self:
        """Read a list, which has `size` items."""
        if element.name != "ol":
            return cls()
        is_reversed = "reversed" in element.attributes
        first = _whole(element.attributes.get("start", ""))
        style = element.style.get("list-style-type") or element.style.get("list-style", "")
        kind = _STYLES.get(style.partition(" ")[0]) or element.attributes.get("type", "1")
        if first is None:
            first = size if is_reversed else 1
        return cls(first, -1 if is_reversed else 1, kind)

    def next_bullet(self, item: Element) -> str:
        if self.number is None:
            return "- "
        number = _whole(item.attributes.get("value", ""))
        if number is None:
            number = self.number
        self.number = number + self.step
        return f"{_written(number, self.kind)}. "


def sizes_of_lists(html: str) -> list[int]:
    """Return how many items each list has, in the order of their beginnings."""
    counter = _Counter()
    read(html, counter)
    return counter.sizes


class _Counter:
    def __init__(self) -> None:
        self.sizes: list[int] = []
        self._open: list[int] = []

    def start(self, element: Element) -> None:
        if element.name in ("ul", "ol", "menu", "dir"):
            self._open.append(len(self.sizes))
            self.sizes.append(0)
        elif element.name == "li" and self._open:
            self.sizes[self._open[-1]] += 1

    def end(self, element: Element) -> None:
        if element.name in ("ul", "ol", "menu", "dir"):
            self._open.pop()

    def add(self, text: str, white_space: str) -> None:
        """Texts do not count."""


def _whole(text: str) -> int | None:
    found = _WHOLE.match(text)
    return int(found[1]) if found else None


def _written(number: int, kind: str) -> str:
    """Write the number in letters or Roman numerals, where it can be."""
    written = ""
    if kind in ("a", "A") and number > 0:
        rest = number
        while rest:
            rest, letter = divmod(rest - 1, _LETTERS)
            written = chr(ord("a") + letter) + written
    elif kind in ("i", "I") and 0 < number <= _LARGEST_ROMAN:
        rest = number
        for value, sign in _ROMAN:
            count, rest = divmod(rest, value)
            written += sign * count
    written = written or str(number)
    return written.upper() if kind in ("A", "I") else written
