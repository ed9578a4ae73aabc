"""Mistakes of the person who writes a template, in our words and with their place.

Django says them in English only, for programmers, and with a line but no column.
"""

import re
from dataclasses import dataclass
from typing import Any

from django.template.base import DebugLexer, Token, TokenType

from notifications.i18n import Sentence
from notifications.i18n import gettext_noop as _

MOST_TOLD = 20
_EXCERPT = 40  # characters
# A middle or an end of a tag that has a beginning.
_INNER = re.compile(r"end\w+|else|elif|empty")
_OURS = [
    (
        r"Invalid block tag on line \d+: '(?P<tag>{inner})', expected (?P<expected>.*?)\. Did.*",
        _("{%% %(tag)s %%} does not belong here: expected %(expected)s."),
    ),
    (
        r"Invalid block tag on line \d+: '(?P<tag>{inner})'.*",
        _("{%% %(tag)s %%} has nothing to close here."),
    ),
    (
        r"Invalid block tag on line \d+: '(?P<tag>.*?)'[,.].*",
        _("{%% %(tag)s %%} is not available here."),
    ),
    (
        r"Unclosed tag on line \d+: '(?P<tag>.*)'\. Looking for one of: (?:.*, )?(?P<end>\w+)\.",
        _("{%% %(tag)s %%} is never closed: {%% %(end)s %%} is missing."),
    ),
    (r"Invalid filter: '(?P<filter>.*)'", _("The filter “%(filter)s” is not available here.")),
    (
        r"Could not parse the remainder: '(?P<rest>.*)' from '(?P<whole>.*)'",
        _("“%(rest)s” in “%(whole)s” cannot be read."),
    ),
    (r"Empty (?:variable|block) tag on line \d+", _("There is nothing between the braces.")),
    (
        r"Variables and attributes may not begin with underscores: '(?P<name>.*)'",
        _("The name “%(name)s” may not begin with an underscore."),
    ),
    (
        r"(?P<filter>\w+) requires (?P<wanted>\d+) arguments, (?P<given>\d+) provided",
        _("The filter “%(filter)s” has too many or too few values."),
    ),
    (
        r"'for' (?:statements|tag).*",
        _("A loop is written like this: %(loop)s."),
    ),
    (
        r"(?:Unexpected end of expression|Unused|Not expecting).* if .*",
        _("The condition of %(condition)s cannot be read."),
    ),
    (
        r"'with' (?:expected|received).*",
        _("A name is given like this: %(naming)s."),
    ),
]
_TABLE = [
    (re.compile(pattern.replace("{inner}", _INNER.pattern), re.DOTALL), text)
    for pattern, text in _OURS
]
_EXAMPLES = {
    "loop": "{% for item in list %} … {% endfor %}",
    "condition": "{% if %}",
    "naming": "{% with name=value %} … {% endwith %}",
}

# A placeholder of which a brace is missing: "{{" and "{%" that nothing closes, "{ name }}", and
# "{ticket.number}". Style sheets have braces too, but never only names between them.
_BROKEN = re.compile(
    r"\{\{|\{%"
    r"|(?<![{%#$])\{[ \t]*[A-Za-z_][\w.]{0,100}[ \t]*(?:\|[^{}\n]{0,100})?\}\}"
    r"|(?<![{%#$])\{[ \t]*[A-Za-z_]\w{0,50}(?:\.\w{1,50})+[ \t]*\}"
)


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong, and where: lines and columns begin at 1; line 0 is an unknown place."""

    text: str
    line: int = 0
    column: int = 0

    @property
    def whole(self) -> str:
        if not self.line:
            return self.text
        return Sentence(
            _("%(problem)s Line %(line)d, column %(column)d."),
            problem=self.text,
            line=self.line,
            column=self.column,
        )


def mistake_of(error: Exception, source: str) -> Mistake:
    """Return what the engine found wrong when it compiled the source."""
    said = error.args[0] if error.args else ""
    token: Token | None = getattr(error, "token", None)
    text = said if isinstance(said, Sentence) else _in_our_words(str(said))
    if token is None or token.position is None:
        return Mistake(text)
    return Mistake(text, *place(source, token.position[0]))


def place(source: str, position: int) -> tuple[int, int]:
    """Return the line and the column of a position."""
    begin = source.rfind("\n", 0, position) + 1
    return source.count("\n", 0, position) + 1, position - begin + 1


def unbalanced(source: str) -> list[Mistake]:
    """Return the placeholders that go out as they are, because a brace is missing. The source has
    to be one that can be compiled."""
    found: list[Mistake] = []
    for token in _texts(source):
        for match in _BROKEN.finditer(token.contents):
            if len(found) == MOST_TOLD:
                return found
            begin = match.start()
            excerpt = token.contents[begin : begin + _EXCERPT].split("\n")[0]
            text = _("“%(excerpt)s” is sent exactly like this, because its braces do not match.")
            position: Any = token.position
            found.append(
                Mistake(Sentence(text, excerpt=excerpt), *place(source, position[0] + begin))
            )
    return found


def _texts(source: str) -> list[Token]:
    """Return the pieces of plain text outside {% verbatim %} and {% comment %}."""
    found, until = [], ""
    for token in DebugLexer(source).tokenize():
        if token.token_type == TokenType.BLOCK:
            name = token.contents.split(" ")[0]
            if until and name == until:
                until = ""
            elif not until and name in ("verbatim", "comment"):
                until = f"end{name}"
        elif token.token_type == TokenType.TEXT and not until:
            found.append(token)
    return found


def _in_our_words(said: str) -> str:
    for pattern, text in _TABLE:
        if match := pattern.fullmatch(said):
            return Sentence(text, **_EXAMPLES, **match.groupdict())
    return Sentence(_("This cannot be read: %(error)s"), error=said)
