"""HTML bodies as readable text, which keeps links, lists, tables and quotes. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from .html_elements import Element, read
from .html_links import names_of, picture_name, readable_address
from .list_numbers import Numbering, sizes_of_lists
from .open_line import Mark
from .text_lines import Lines
from .unsafe_characters import UNSENDABLE

# The beginning and the end of an element make so many line breaks; 2 leave an empty line between.
_BREAKS = dict.fromkeys(
    "address article aside body button caption center dd details dialog div dl dt fieldset "
    "figcaption figure footer form header hgroup html legend li listing main nav optgroup option "
    "search section summary tbody tfoot thead tr".split(),
    1,
) | dict.fromkeys("blockquote dir h1 h2 h3 h4 h5 h6 hr menu ol p pre table ul xmp".split(), 2)
_BLOCK_DISPLAYS = frozenset("block flex flow-root grid list-item table".split())
_LISTS = frozenset("ul ol menu dir".split())
_RULE = "-" * 40
_SPACE = re.compile(r"[ \t\r\n\f]+")
_SPACE_IN_LINE = re.compile(r"[ \t\f]+")
_ENCLOSED = {"del": "~~", "s": "~~", "strike": "~~", "ins": "++", "q": '"'}
_RAISED = {"sup": "^", "sub": "_"}
# These are read without a sign: 1st, 2e, a mark behind a name.
_READ_AS_IT_IS = re.compile(r"(?:st|nd|rd|th|er?|re|[èe]me|[oaº]|[®©™*†‡]|tm|sm)", re.IGNORECASE)
_ONE_TERM = re.compile(r"[+\-−]?\w+|[^\w\s]+|\[.*\]|\(.*\)")  # noqa: RUF001 - a real minus
_MOST_PICTURES = 20


def html_to_text(html: str) -> str:
    """Return text for people who read mail as text. It never fails and takes linear time."""
    html = UNSENDABLE.sub("\ufffd", html.replace("\r\n", "\n").replace("\r", "\n"))
    page = _Page(sizes_of_lists(html) if "reversed" in html.lower() else [])
    read(html, page)
    return page.text()


@dataclass(slots=True)
class _Link:
    address: str
    mark: Mark
    is_written: bool = False


class _Page:
    """The text so far. What an element needs at its end is the element's state."""

    def __init__(self, sizes: list[int]) -> None:
        self.lines = Lines()
        self.sizes = iter(sizes)
        self.lists: list[Numbering] = []
        self.links: list[_Link] = []
        self.pictures: list[str] = []
        self._after_pre = False

    def add(self, text: str, white_space: str) -> None:
        if white_space in ("pre", "pre-wrap", "pre-line", "break-spaces"):
            self._add_preformatted(text, keeps_spaces=white_space != "pre-line")
        else:
            self.lines.write_collapsed(_SPACE.sub(" ", text))
        self._after_pre = False

    def start(self, element: Element) -> None:
        self._wait(element)
        if start := _STARTS.get(element.name):
            start(self, element)
        self._after_pre = element.name in ("pre", "listing", "textarea")

    def end(self, element: Element) -> None:
        if end := _ENDS.get(element.name):
            end(self, element)
        if element.name != "hr":  # its line ends as any other
            self._wait(element)

    def text(self) -> str:
        return self.lines.text() or "\n".join(self.pictures[:_MOST_PICTURES])

    def _add_preformatted(self, text: str, *, keeps_spaces: bool) -> None:
        if self._after_pre:
            text = text.removeprefix("\n")
        for number, line in enumerate(text.split("\n")):
            if number:
                self.lines.break_line(is_preformatted=True)
            if keeps_spaces:
                self.lines.write(line)
            else:
                self.lines.write_collapsed(_SPACE_IN_LINE.sub(" ", line))

    def _wait(self, element: Element) -> None:
        breaks = _BREAKS.get(element.name, 0)
        display = element.style.get("display", "")
        if display == "inline":
            breaks = 0
        elif display in _BLOCK_DISPLAYS:
            breaks = max(breaks, 1)
        # No empty line separates a list from the list that holds it.
        self.lines.wait(min(breaks, 1) if self.lists and element.name in _LISTS else breaks)


def _start_list(page: _Page, element: Element) -> None:
    page.lists.append(Numbering.of(element, size=next(page.sizes, 0)))
    page.lines.margin.begin_list()


def _end_list(page: _Page, _element: Element) -> None:
    page.lists.pop()
    page.lines.margin.end_list()


def _start_item(page: _Page, element: Element) -> None:
    bullet = (page.lists[-1] if page.lists else Numbering()).next_bullet(element)
    page.lines.margin.begin_item(bullet)


def _end_item(page: _Page, _element: Element) -> None:
    page.lines.margin.end_item()


def _start_quote(page: _Page, _element: Element) -> None:
    page.lines.margin.quotes += 1


def _end_quote(page: _Page, _element: Element) -> None:
    page.lines.margin.quotes -= 1


def _start_row(page: _Page, _element: Element) -> None:
    page.lines.rows.begin_row()


def _end_row(page: _Page, _element: Element) -> None:
    page.lines.rows.end_row()


def _start_cell(page: _Page, _element: Element) -> None:
    page.lines.begin_cell()


def _end_cell(page: _Page, _element: Element) -> None:
    page.lines.end_cell()


def _break_line(page: _Page, _element: Element) -> None:
    page.lines.break_line()


def _rule(page: _Page, _element: Element) -> None:
    page.lines.write(_RULE)
    page.lines.wait(1)


def _picture(page: _Page, element: Element) -> None:
    """Write what a picture says. Its file's name is kept for a page that has pictures only."""
    alternative = " ".join(element.attributes.get("alt", "").split())
    if alternative:
        page.lines.write(f"[{alternative}]")
        return
    title = " ".join(element.attributes.get("title", "").split())
    page.pictures.append(f"[{title or picture_name(element.attributes.get('src', ''))}]")


def _start_link(page: _Page, element: Element) -> None:
    link = _Link(readable_address(element.attributes.get("href", "")), page.lines.line.mark())
    page.links.append(link)
    element.state = link


def _end_link(page: _Page, element: Element) -> None:
    link: _Link = element.state
    page.links.pop()
    label = page.lines.line.since(link.mark)
    if not link.address or link.is_written:
        pass
    elif label == "":
        page.lines.write(link.address)
        page.lines.line.keep_apart(link.mark)
    elif label is not None and " ".join(label.split()) in names_of(link.address):
        page.lines.line.keep_apart(link.mark)
    else:
        page.lines.write_address_behind(link.address)
    if page.links and page.links[-1].address == link.address:
        page.links[-1].is_written = True


def _area(page: _Page, element: Element) -> None:
    _start_link(page, element)
    _picture(page, element)
    _end_link(page, element)


def _start_raised(page: _Page, element: Element) -> None:
    element.state = page.lines.line.mark()


def _end_raised(page: _Page, element: Element) -> None:
    text = page.lines.line.since(element.state)
    if not text or (element.name == "sup" and _READ_AS_IT_IS.fullmatch(text.strip())):
        return
    is_term = _ONE_TERM.fullmatch(text.strip())
    page.lines.line.insert(element.state, _RAISED[element.name] + ("" if is_term else "("))
    if not is_term:
        page.lines.write_behind(")")


def _start_enclosed(page: _Page, element: Element) -> None:
    page.lines.openings.append(_ENCLOSED[element.name])


def _end_enclosed(page: _Page, element: Element) -> None:
    if page.lines.openings:  # there was no text
        page.lines.openings.pop()
    else:
        page.lines.write_behind(_ENCLOSED[element.name])


_Handlers = dict[str, Callable[[_Page, Element], None]]
_STARTS: _Handlers = {
    **dict.fromkeys(_LISTS, _start_list),
    **dict.fromkeys(_RAISED, _start_raised),
    **dict.fromkeys(_ENCLOSED, _start_enclosed),
    **dict.fromkeys(("td", "th"), _start_cell),
    "a": _start_link,
    "area": _area,
    "blockquote": _start_quote,
    "br": _break_line,
    "hr": _rule,
    "img": _picture,
    "li": _start_item,
    "tr": _start_row,
}
_ENDS: _Handlers = {
    **dict.fromkeys(_LISTS, _end_list),
    **dict.fromkeys(_RAISED, _end_raised),
    **dict.fromkeys(_ENCLOSED, _end_enclosed),
    **dict.fromkeys(("td", "th"), _end_cell),
    "a": _end_link,
    "blockquote": _end_quote,
    "li": _end_item,
    "tr": _end_row,
}
