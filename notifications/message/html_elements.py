"""The elements of a page that readers see, each with its end. Pure.

This is what matters to a text of the way browsers build a page (WHATWG HTML, 13.2.6 Tree
construction): which tags end which elements. A whole tree is not built: formatting that is opened
again in each paragraph would let it grow with the square of the page.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Protocol

from .html_styles import Style, hides, matters, style_of
from .html_tokens import Tag, tokens

_VOID = frozenset(
    "area base basefont bgsound br col embed frame hr img input link meta param source track "
    "wbr".split()
)
_NEVER_SEEN = frozenset("script style title template iframe noembed noframes datalist".split())
# An end tag of these leaves what was opened within them open.
_FORMATTING = frozenset("a b big code em font i nobr s small strike strong tt u".split())
_P_ENDS_BEFORE = frozenset(
    "address article aside blockquote center details dialog dir div dl dd dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr li listing main menu nav ol p pre "
    "search section summary table ul xmp".split()
)
_LISTS = frozenset("ul ol menu dir".split())
_TABLE = frozenset(["table"])
# No end tag, and no element that ends others, reaches beyond these.
_SCOPES = frozenset("table td th caption button object marquee".split())
_CELL = frozenset(["td", "th"])
_TABLES_AND_CELLS = _TABLE | _CELL
_ROW = frozenset(["tr"])
_P = frozenset(["p"])
_SPECIAL = _SCOPES | _LISTS | _P_ENDS_BEFORE | frozenset("body tbody tfoot thead tr".split())
_PARTS_OF_TABLES = frozenset("caption tbody tfoot thead tr td th table".split())
_ROW_GROUPS = frozenset("tbody tfoot thead caption colgroup".split())
_END_SCOPES = {"li": _LISTS | _SCOPES, **{name: _SCOPES - {name} for name in _SCOPES}}
# A tag ends the innermost open element of the first names, unless one of the second is within it.
_ENDS = {
    "li": ((frozenset(["li"]), _LISTS | _SCOPES),),
    "option": ((frozenset(["option"]), _SCOPES),),
    "optgroup": ((frozenset(["option", "optgroup"]), _SCOPES),),
    "button": ((frozenset(["button"]), _TABLES_AND_CELLS),),
    "tr": ((frozenset(["tr", "caption"]), _TABLE),),
    **dict.fromkeys(("dd", "dt"), ((frozenset(["dd", "dt"]), _SCOPES | {"dl"}),)),
    **dict.fromkeys(("td", "th"), ((_CELL, _TABLE | {"tr"}),)),
    **dict.fromkeys(_ROW_GROUPS, ((_ROW_GROUPS, _TABLE), (frozenset(["tr"]), _TABLE))),
}


@dataclass(slots=True)
class Element:
    """An element; `state` is for whoever reads the page."""

    name: str
    attributes: dict[str, str]
    style: Style
    white_space: str
    state: Any = None
    is_unseen: bool = False
    is_shown: bool = False
    has_ended: bool = False


class Reader(Protocol):
    def start(self, element: Element) -> None: ...

    def end(self, element: Element) -> None: ...

    def add(self, text: str, white_space: str) -> None: ...


def read(source: str, reader: Reader) -> None:
    """Tell the reader what is seen of the page, in its order. It takes linear time."""
    page = _Page(reader)
    for token in tokens(source):
        if isinstance(token, str):
            page.text(token)
        elif token.is_end:
            page.end_tag(token.name)
        else:
            page.start_tag(token)
    page.close(0)


class _Page:
    """The open elements, and for each name where those of this name are among them."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._open: list[Element] = []
        self._places: dict[str, list[int]] = defaultdict(list)
        self._special: list[int] = []
        self._unseen = 0

    def text(self, text: str) -> None:
        if not self._unseen:
            self._reader.add(text, self._open[-1].white_space if self._open else "")

    def start_tag(self, tag: Tag) -> None:
        name = tag.name
        if name in _P_ENDS_BEFORE:
            self._end_innermost(_P, _SCOPES)
        for names, scope in _ENDS.get(name, ()):
            self._end_innermost(names, scope)
        if name == "a":
            self._end_formatting("a")
        elif name in _CELL and self._last(_ROW) <= self._last(_TABLE):
            self._push(Tag("tr", is_end=False, source=""))
        self._push(tag)
        if name in _VOID:
            self.close(len(self._open) - 1)

    def end_tag(self, name: str) -> None:
        if name == "br" or (name == "p" and self._last(_P) <= self._last(_SCOPES)):
            self.start_tag(Tag(name, is_end=False, source=""))
        if name in _FORMATTING:
            self._end_formatting(name)
        elif name in _PARTS_OF_TABLES:
            self._end_innermost(frozenset([name]), _TABLE - {name})
        elif name in _SPECIAL:
            self._end_innermost(frozenset([name]), _END_SCOPES.get(name, _SCOPES))
        elif (places := self._places[name]) and (
            not self._special or places[-1] > self._special[-1]
        ):
            self.close(places[-1])

    def close(self, count: int) -> None:
        """End the innermost elements, until so many are open."""
        while len(self._open) > count:
            element = self._open.pop()
            if element.name in _SPECIAL:
                self._special.pop()
            if not element.has_ended:
                self._end(element)

    def _push(self, tag: Tag) -> None:
        around = self._open[-1].white_space if self._open else ""
        attributes = tag.attributes() if matters(tag) else {}
        style = style_of(attributes)
        element = Element(tag.name, attributes, style, _white_space(tag.name, style, around))
        element.is_unseen = tag.name in _NEVER_SEEN or hides(attributes, style)
        if tag.name in _SPECIAL:
            self._special.append(len(self._open))
        self._places[tag.name].append(len(self._open))
        self._open.append(element)
        self._unseen += element.is_unseen
        if not self._unseen:
            element.is_shown = True
            self._reader.start(element)

    def _end(self, element: Element) -> None:
        element.has_ended = True
        self._places[element.name].pop()
        self._unseen -= element.is_unseen
        if element.is_shown:
            self._reader.end(element)

    def _end_innermost(self, names: frozenset[str], scope: frozenset[str]) -> None:
        place = self._last(names)
        if place >= 0 and place > self._last(scope):
            self.close(place)

    def _end_formatting(self, name: str) -> None:
        places = self._places.get(name)
        if places and places[-1] > self._last(_TABLES_AND_CELLS):
            self._end(self._open[places[-1]])

    def _last(self, names: frozenset[str]) -> int:
        """Return the place of the innermost open element of these names, or -1."""
        last = -1
        for name in names:
            places = self._places.get(name)
            if places and places[-1] > last:
                last = places[-1]
        return last


def _white_space(name: str, style: Style, around: str) -> str:
    own = "pre" if name in ("pre", "listing", "plaintext", "textarea", "xmp") else around
    return style.get("white-space", own)
