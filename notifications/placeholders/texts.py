"""Texts with placeholders, which are checked, asked for their fields and filled in here.

PlaceholderError             str() is for the person who wrote the template or runs it
+-- ValuesMissing            a placeholder has no value, and the template refuses that
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.template import TemplateSyntaxError, VariableDoesNotExist

from notifications.i18n import Sentence
from notifications.i18n import gettext_noop as _
from notifications.message.checks import check_text

from . import mistakes
from .budget import TooCostly
from .language import SandboxedTemplate
from .mistakes import Mistake, mistake_of
from .values import DoesNotFit

LONGEST_SOURCE = 200_000  # characters
# Django's tags and filters raise these for a value or an argument that they do not expect.
_UNFIT = (
    ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError,
    VariableDoesNotExist,
)  # fmt: skip


class PlaceholderError(Exception):
    """The text cannot be used, or not with these values. `mistake` has the place, if it is known
    where the text is wrong."""

    mistake: Mistake | None = None


class ValuesMissing(PlaceholderError):  # noqa: N818 - reads as what it is
    """`names` are the placeholders that have no value."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = sorted(names)
        super().__init__(Sentence(_("No value for: %(names)s."), names=", ".join(self.names)))


@dataclass(frozen=True, slots=True)
class Field:
    """A value that a template asks for; its `path` is like `ticket.number`."""

    path: str
    is_list: bool = False


def check(source: str) -> None:
    """Raise PlaceholderError for a text that cannot be used, with the line if it is known."""
    _compiled(source)


def unbalanced(source: str) -> list[Mistake]:
    """Return the placeholders that go out as they are, because a brace is missing."""
    try:
        _compiled(source)
    except PlaceholderError:
        return []  # told by `check`
    return mistakes.unbalanced(source)


def names_of(source: str) -> set[str]:
    """Return the first name of each placeholder. Raises PlaceholderError."""
    return {path.partition(".")[0] for path in _compiled(source).paths}


def fields_of(sources: Iterable[str]) -> list[Field]:
    """Return the fields of the texts in the order of their first appearance."""
    paths: dict[str, None] = {}
    looped: set[str] = set()
    for source in sources:
        template = _compiled(source)
        paths |= dict.fromkeys(path.removesuffix(".items") for path in template.paths)
        looped |= {path.removesuffix(".items") for path in template.looped}
    inner = {path.rpartition(".")[0] for path in paths} - looped
    return [
        Field(path, path in looped)
        for path in paths
        if path not in inner and not any(path.startswith(f"{each}.") for each in looped)
    ]


def missing(source: str, values: dict[str, Any]) -> list[str]:
    """Return the placeholders that would be empty with these values. Raises PlaceholderError."""
    return sorted(_rendered(source, values, is_html=False)[1])


def render(
    source: str, values: dict[str, Any], *, is_html: bool, refuses_missing: bool = False
) -> str:
    """Return the text with its values, which are escaped in HTML. `values` come from plain_data."""
    output, empty = _rendered(source, values, is_html=is_html)
    if empty and refuses_missing:
        raise ValuesMissing(empty)
    return output


def _rendered(source: str, values: dict[str, Any], *, is_html: bool) -> tuple[str, set[str]]:
    try:
        return _compiled(source).render_within(values, autoescape=is_html)
    except (TooCostly, DoesNotFit) as error:
        raise PlaceholderError(*error.args) from error
    except _UNFIT as error:
        text = _("A value does not fit its filter or tag: %(error)s")
        raise PlaceholderError(Sentence(text, error=str(error))) from error


def _compiled(source: str) -> SandboxedTemplate:
    if problem := check_text(Sentence(_("text")), source):
        raise PlaceholderError(problem)
    if len(source) > LONGEST_SOURCE:
        text = _("The text is longer than %(most)s characters.")
        raise PlaceholderError(Sentence(text, most=f"{LONGEST_SOURCE:,}"))
    try:
        return SandboxedTemplate(source)
    except (TemplateSyntaxError, TooCostly, DoesNotFit, *_UNFIT) as error:
        mistake = mistake_of(error, source)
        wrong = PlaceholderError(mistake.whole)
        wrong.mistake = mistake
        raise wrong from error
