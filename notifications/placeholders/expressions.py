"""The values of placeholders: paths into plain data, with filters that are paid for."""

import functools
from collections.abc import Callable
from typing import Any

from django.template import Context
from django.template.base import FilterExpression, Parser, Variable, VariableDoesNotExist

from notifications.i18n import Sentence
from notifications.i18n import gettext_noop as _

from .budget import current
from .filters import FILTERS_OF_TEXTS, LIBRARY
from .values import DoesNotFit, as_text

# These filters ask whether there is a value, so a missing one is no mistake.
_ASKING = frozenset(["default", "default_if_none", "yesno"])
_NAMES = {function: name for name, function in LIBRARY.filters.items()}


class Items:
    """The items of a loop, which are paid for one by one."""

    def __init__(self, expression: "Expression") -> None:
        self.expression = expression

    def resolve(self, context: Context, ignore_failures: bool = False) -> Any:
        value = self.expression.resolve(context, ignore_failures)
        current.get().pay(value, items=True)
        return value


class Expression(FilterExpression):
    """A value with its filters; each result is paid for. One that `is_shown` is written into the
    text; the others are only looked at."""

    is_shown = False

    def __init__(self, token: str, parser: Parser) -> None:
        super().__init__(token, parser)
        if isinstance(self.var, Variable):
            self.var = _Path(self.var.var)
        names = [_NAMES[function] for function, _args in self.filters]
        self.asks = not _ASKING.isdisjoint(names)
        self.name = str(self.var) if isinstance(self.var, _Path) else token
        self.filters: list[Any] = [
            (
                _paid(function, name, of=self.name),
                [(is_path, _Argument(arg.var) if is_path else arg) for is_path, arg in args],
            )
            for name, (function, args) in zip(names, self.filters, strict=True)
        ]
        arguments = [arg for _function, args in self.filters for is_path, arg in args if is_path]
        found = [*([self.var] if isinstance(self.var, _Path) else []), *arguments]
        self.paths = [path.var for path in found if path.lookups]

    def resolve(self, context: Context, ignore_failures: bool = False) -> Any:
        if isinstance(self.var, _Path) and not ignore_failures and not self.asks:
            self.var.note_if_missing(context)
        value = super().resolve(context, ignore_failures)
        current.get().pay(value)
        if not self.is_shown or (ignore_failures and not value):  # {% firstof %} looks further
            return value
        if value is None:
            current.get().missing.add(self.name)
        return as_text(value, name=self.name)


class _Path(Variable):
    """A path of keys and list indexes, also `items` of a dictionary, but no attributes."""

    def note_if_missing(self, context: Context) -> None:
        try:
            value = self.resolve(context)
        except VariableDoesNotExist:
            value = None
        if value is None:
            current.get().missing.add(str(self.var))

    def _resolve_lookup(self, context: Any) -> Any:
        current = context
        for bit in self.lookups or ():
            try:
                if isinstance(current, list):
                    current = current[int(bit)]
                elif isinstance(current, dict) and bit == "items" and bit not in current:
                    current = [list(pair) for pair in current.items()]
                elif isinstance(current, dict | Context):
                    current = current[bit]
                else:
                    raise KeyError(bit)
            except (LookupError, ValueError) as error:
                raise VariableDoesNotExist("No value for %s", (self.var,)) from error
        return current


class _Argument(_Path):
    """A path as a filter's argument; what has no value is null there."""

    def resolve(self, context: Any) -> Any:
        try:
            return super().resolve(context)
        except VariableDoesNotExist:
            return None


def _paid(function: Callable[..., Any], name: str, *, of: str) -> Callable[..., Any]:
    """Wrap the filter of the value that is called `of`; DoesNotFit is raised for a wrong value."""
    is_of_texts = name in FILTERS_OF_TEXTS

    @functools.wraps(function)
    def paid(*arguments: Any, **options: Any) -> Any:
        if is_of_texts:
            arguments = tuple(as_text(each, name=of) for each in arguments)
        try:
            result = function(*arguments, **options)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            text = _("“%(name)s” does not fit the filter “%(filter)s”.")
            raise DoesNotFit(Sentence(text, name=of, filter=name)) from error
        current.get().pay(result)
        return result

    return paid
