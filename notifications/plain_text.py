"""HTML bodies as readable text: links, lists, tables and quotes are kept. Pure."""

import re
from html.parser import HTMLParser

_BLOCKS = frozenset(
    "address article aside div dl dt dd fieldset figure footer form h1 h2 h3 h4 h5 h6 header "
    "main nav p pre section table tbody thead tfoot tr ul ol li blockquote".split()
)
_PARAGRAPHS = frozenset("p h1 h2 h3 h4 h5 h6 table ul ol blockquote pre dl".split())
_SILENT = frozenset("head script style title template noscript".split())


def html_to_text(html: str) -> str:
    """Text for people who read mail as text; never raises, whatever the HTML."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.result()


class _Reader(HTMLParser):
    """Collects finished lines, each with the prefixes of the quotes and lists around it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = []
        self._line = ""
        self._silent = 0
        self._preformatted = 0
        self._quotes = 0
        self._lists: list[int] = []  # 0 = bullets, n = number of the last item
        self._links: list[tuple[str, int]] = []
        self._cells = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag == "br":
            self._end_line(keep_empty=True)
        elif tag in _BLOCKS:
            self._start_block(tag)
        elif tag in ("td", "th"):
            self._line += " | " if self._cells else ""
            self._cells += 1
        elif tag == "a":
            self._links.append((dict(attrs).get("href") or "", len(self._line)))
        elif tag == "img":
            alternative = dict(attrs).get("alt") or ""
            self._line += f"[{alternative}]" if alternative else ""
        elif tag == "hr":
            self._end_line()
            self._lines.append("-" * 40)

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in _BLOCKS:
            self._end_block(tag)
        elif tag == "a" and self._links:
            self._end_link()

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        if self._preformatted:
            first, *rest = data.split("\n")
            self._line += first
            for line in rest:
                self._end_line(keep_empty=True)
                self._line = line
            return
        text = re.sub(r"[ \t\r\n\f]+", " ", data)
        if self._line.endswith((" ", "\n")) or not self._line.strip():
            text = text.lstrip(" ")
        self._line += text

    def result(self) -> str:
        self._end_line()
        text = "\n".join(self._lines).replace("\u00a0", " ")
        return re.sub(r"\n{3,}", "\n\n", text).strip("\n")

    def _start_block(self, tag: str) -> None:
        self._end_line()
        if tag in _PARAGRAPHS:
            self._blank_line()
        if tag == "blockquote":
            self._quotes += 1
        elif tag in ("ul", "ol"):
            self._lists.append(1 if tag == "ol" else 0)
        elif tag == "li":
            self._line = self._bullet()
        elif tag == "tr":
            self._cells = 0
        elif tag == "pre":
            self._preformatted += 1

    def _end_block(self, tag: str) -> None:
        self._end_line()
        if tag == "blockquote":
            self._quotes = max(0, self._quotes - 1)
        elif tag in ("ul", "ol") and self._lists:
            self._lists.pop()
        elif tag == "pre":
            self._preformatted = max(0, self._preformatted - 1)
        if tag in _PARAGRAPHS:
            self._blank_line()

    def _bullet(self) -> str:
        indent = "  " * max(0, len(self._lists) - 1)
        number = self._lists[-1] if self._lists else 0
        if number:
            self._lists[-1] += 1
            return f"{indent}{number}. "
        return f"{indent}- "

    def _end_link(self) -> None:
        target, start = self._links.pop()
        label = self._line[start:].strip()
        address = target.removeprefix("mailto:")
        if target.startswith(("http:", "https:", "mailto:", "tel:")) and address != label:
            self._line += f" <{address}>" if label else address

    def _end_line(self, *, keep_empty: bool = False) -> None:
        line = self._line.rstrip()
        self._line = ""
        if line or keep_empty:
            self._lines.append(("> " * self._quotes + line).rstrip())

    def _blank_line(self) -> None:
        if self._lines and self._lines[-1].strip("> "):
            self._lines.append((">" * bool(self._quotes)).rstrip())
