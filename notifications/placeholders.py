"""Texts with placeholders: check them, find their fields, fill them in.

PlaceholderError             str() is for the person who wrote the template or runs it
+-- MissingValues            a placeholder has no value, and the template refuses that
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.template import TemplateSyntaxError

from .composing import check_text
from .placeholder_budget import TooCostly
from .placeholder_language import SandboxedTemplate
from .sentences import Sentence
from .sentences import gettext_noop as _

LONGEST_SOURCE = 200_000  # characters
LARGEST_CONTEXT = 500_000  # characters of all keys and values
MOST_VALUES = 20_000
_DEEPEST_CONTEXT = 20
_LARGEST_INTEGER = 10**30


class PlaceholderError(Exception):
    """The text cannot be used as it is, or not with these values."""


class MissingValues(PlaceholderError):  # noqa: N818 - reads as what it is
    """`names` are the placeholders that have no value."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = sorted(names)
        super().__init__(Sentence(_("No value for: %(names)s."), names=", ".join(self.names)))


@dataclass(frozen=True, slots=True)
class Field:
    """A value that a template asks for. `path` such as `ticket.number`."""

    path: str
    is_list: bool = False


def check(source: str) -> None:
    """Raises PlaceholderError with the line where it can be named."""
    _compiled(source)


def fields_of(sources: Iterable[str]) -> list[Field]:
    """What the texts ask for, in the order of their first appearance."""
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


def render(
    source: str, values: dict[str, Any], *, is_html: bool, refuses_missing: bool = False
) -> str:
    """The text with its values; those are escaped in HTML. `values` come from plain_data."""
    try:
        output, missing = _compiled(source).render_within(values, autoescape=is_html)
    except TooCostly as error:
        raise PlaceholderError(*error.args) from error
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        # A filter that does not take the value it got.
        text = _("A value does not fit its filter or tag: %(error)s")
        raise PlaceholderError(Sentence(text, error=str(error))) from error
    if missing and refuses_missing:
        raise MissingValues(missing)
    return output


def plain_data(context: Any) -> dict[str, Any]:
    """A context reduced to plain JSON data: what a template may see."""
    if not isinstance(context, dict):
        raise _error(_("The context must be a JSON object with names and values."))
    reducer = _Reducer()
    reduced: dict[str, Any] = reducer.reduce(context, depth=0)
    return reduced


class _Reducer:
    """Counts what it copies, so that a context is bounded whatever its shape."""

    def __init__(self) -> None:
        self.values = 0
        self.characters = 0

    def reduce(self, value: Any, *, depth: int) -> Any:
        self.values += 1
        if self.values > MOST_VALUES or depth > _DEEPEST_CONTEXT:
            raise _error(_("The context is too large or too deep."))
        if isinstance(value, dict):
            return {self._text(key): self.reduce(v, depth=depth + 1) for key, v in value.items()}
        if isinstance(value, list | tuple):
            return [self.reduce(item, depth=depth + 1) for item in value]
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int | float):
            return self._number(value)
        return self._text(value)

    def _number(self, value: float) -> float:
        if isinstance(value, float):
            if not math.isfinite(value):
                raise _error(_("The context contains a number that JSON does not have."))
            return float(value)
        if abs(value) > _LARGEST_INTEGER:
            raise _error(_("The context contains a number of more than 30 digits."))
        return int(value)

    def _text(self, value: Any) -> str:
        if not isinstance(value, str):
            text = _(
                "The context contains a %(kind)s; texts, numbers, true, false, null, lists and "
                "objects are possible."
            )
            raise _error(text, kind=type(value).__name__)
        if problem := check_text(Sentence(_("context")), value):
            raise PlaceholderError(problem)
        self.characters += len(value)
        if self.characters > LARGEST_CONTEXT:
            raise _error(_("The context is too large."))
        # A copy of the exact type: a subclass, such as SafeString, would not be escaped.
        return "".join([value]) if type(value) is str else str.__str__(value)[:]


def _error(text: str, **values: Any) -> PlaceholderError:
    return PlaceholderError(Sentence(text, **values))


def _compiled(source: str) -> SandboxedTemplate:
    if problem := check_text(Sentence(_("text")), source):
        raise PlaceholderError(problem)
    if len(source) > LONGEST_SOURCE:
        text = _("The text is longer than %(most)s characters.")
        raise _error(text, most=f"{LONGEST_SOURCE:,}")
    try:
        return SandboxedTemplate(source)
    except (TemplateSyntaxError, OverflowError, RecursionError) as error:
        raise PlaceholderError(*error.args) from error
