"""The values that a template may see: a context reduced to plain, bounded JSON data."""

import math
from typing import Any

from notifications.i18n import Sentence
from notifications.i18n import gettext_noop as _
from notifications.message.checks import check_text

from .texts import PlaceholderError

LARGEST_CONTEXT = 500_000  # characters of all keys and values
MOST_VALUES = 20_000
_DEEPEST_CONTEXT = 20
_LARGEST_INTEGER = 10**30


def plain_data(context: Any) -> dict[str, Any]:
    """Reduce a context to plain JSON data, which is all that a template may see."""
    if not isinstance(context, dict):
        raise _error(_("The context must be a JSON object with names and values."))
    reducer = _Reducer()
    reduced: dict[str, Any] = reducer.reduce(context, depth=0)
    return reduced


class _Reducer:
    """A copy that counts what it takes, so that a context is bounded whatever its shape."""

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
        # The copy has the exact type: a subclass, such as SafeString, would not be escaped.
        return "".join([value]) if type(value) is str else str.__str__(value)[:]


def _error(text: str, **values: Any) -> PlaceholderError:
    return PlaceholderError(Sentence(text, **values))
