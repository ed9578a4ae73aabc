"""The language of placeholders: a part of Django's that can neither load, call nor multiply.

Values are plain JSON data, so there are no attributes and nothing to call. A budget pays for each
node, iteration and value, and a template that costs more is stopped.
"""

import functools
import time
from collections.abc import Callable
from typing import Any, cast

from django.template import Context, Engine, Node, Template, TemplateSyntaxError
from django.template.base import (
    FilterExpression,
    Lexer,
    NodeList,
    Parser,
    Token,
    TokenType,
    Variable,
    VariableDoesNotExist,
)
from django.template.defaulttags import ForNode, WithNode

from notifications.i18n import Sentence
from notifications.i18n import gettext_noop as _

from .budget import LONGEST_TIME, Budget, current
from .filters import LIBRARY

DEEPEST = 20
LONGEST_TAG = 1000
# The lexer reads the rest of the line again from each opening that is never closed.
_MOST_UNCLOSED = 50
# These filters ask whether there is a value, so a missing one is no mistake.
_ASKING = frozenset(["default", "default_if_none", "yesno"])


class SandboxedTemplate(Template):
    """A template; `paths` are the placeholders that it reads, `looped` those of its loops."""

    paths: list[str]
    looped: set[str]

    def __init__(self, source: str) -> None:
        super().__init__(source, engine=_ENGINE)

    def compile_nodelist(self) -> NodeList:
        _refuse_unclosed(str(self.source))
        parser = _Parser(Lexer(str(self.source)).tokenize(), {}, [LIBRARY], self.origin)
        nodes = parser.parse()
        self.paths = [p for p in parser.paths if p.partition(".")[0] not in parser.bound]
        self.looped = parser.looped
        return nodes

    def render_within(self, values: dict[str, Any], *, autoescape: bool) -> tuple[str, set[str]]:
        """Return the output, and the placeholders without a value. Raises TooCostly."""
        budget = Budget(time.monotonic() + LONGEST_TIME)
        token = current.set(budget)
        try:
            # The copy has the exact type: a SafeString would not be escaped on our own pages.
            output = str(self.render(Context(values, autoescape=autoescape)))[:]
        finally:
            current.reset(token)
        budget.pay(output)
        return output, budget.missing


_ENGINE = Engine(loaders=[], libraries={})


class _Parser(Parser):
    def __init__(self, tokens: list[Token], *arguments: Any) -> None:
        super().__init__(tokens, *arguments)
        self.paths: list[str] = []
        self.looped: set[str] = set()
        self.bound = {"forloop"}
        self.depth = 0

    def parse(self, parse_until: Any = None) -> NodeList:
        self.depth += 1
        if self.depth > DEEPEST:
            text = _("More than %(most)d tags within each other.")
            raise TemplateSyntaxError(Sentence(text, most=DEEPEST))
        nodes = super().parse(parse_until)
        self.depth -= 1
        return nodes

    def next_token(self) -> Token:
        token = super().next_token()
        if token.token_type != TokenType.TEXT and len(token.contents) > LONGEST_TAG:
            text = _("A tag of more than %(most)d characters.")
            raise TemplateSyntaxError(Sentence(text, most=LONGEST_TAG))
        return token

    def extend_nodelist(self, nodelist: NodeList, node: Node, token: Token) -> None:
        if isinstance(node, ForNode):
            self.bound.update(node.loopvars)
            sequence: Any = node.sequence
            self.looped.update(sequence.paths)
            node.sequence = cast(FilterExpression, _Items(sequence))
        elif isinstance(node, WithNode):
            self.bound.update(node.extra_context)
        super().extend_nodelist(nodelist, _Paid(node), token)

    def compile_filter(self, token: str) -> "_Expression":
        expression = _Expression(token, self)
        self.paths.extend(expression.paths)
        return expression


class _Paid(Node):
    """A node that is paid for when it is rendered."""

    def __init__(self, node: Node) -> None:
        self.inner = node

    def render(self, context: Context) -> Any:
        current.get().pay(None)
        output = self.inner.render(context)
        current.get().pay(output)
        return output


class _Items:
    """The items of a loop, which are paid for one by one."""

    def __init__(self, expression: "_Expression") -> None:
        self.expression = expression

    def resolve(self, context: Context, ignore_failures: bool = False) -> Any:
        value = self.expression.resolve(context, ignore_failures)
        current.get().pay(value, items=True)
        return value


class _Expression(FilterExpression):
    """A value with its filters; each result is paid for."""

    def __init__(self, token: str, parser: _Parser) -> None:
        super().__init__(token, parser)
        if isinstance(self.var, Variable):
            self.var = _Path(self.var.var)
        self.filters: list[Any] = [
            (
                _paid(function),
                [(is_path, _Path(arg.var) if is_path else arg) for is_path, arg in args],
            )
            for function, args in self.filters
        ]
        arguments = [arg for _function, args in self.filters for is_path, arg in args if is_path]
        found = [*([self.var] if isinstance(self.var, _Path) else []), *arguments]
        self.paths = [path.var for path in found if path.lookups]
        names = {function.__name__ for function, _args in self.filters}
        self.asks = bool(names & _ASKING)

    def resolve(self, context: Context, ignore_failures: bool = False) -> Any:
        if isinstance(self.var, _Path) and not ignore_failures and not self.asks:
            self.var.note_if_missing(context)
        value = super().resolve(context, ignore_failures)
        current.get().pay(value)
        return value


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


def _paid(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def paid(*arguments: Any, **options: Any) -> Any:
        result = function(*arguments, **options)
        current.get().pay(result)
        return result

    return paid


def _refuse_unclosed(source: str) -> None:
    for line in source.split("\n"):
        for opening, closing in (("{%", "%}"), ("{{", "}}"), ("{#", "#}")):
            rest = line[line.rfind(closing) + len(closing) :] if closing in line else line
            if rest.count(opening) > _MOST_UNCLOSED:
                text = _("“%(opening)s” without “%(closing)s”, many times in a line.")
                raise TemplateSyntaxError(Sentence(text, opening=opening, closing=closing))
