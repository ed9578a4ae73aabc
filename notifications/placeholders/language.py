"""The language of placeholders: a part of Django's that can neither load, call nor multiply.

Values are plain JSON data, so there are no attributes and nothing to call. A budget pays for each
node, iteration and value, and a template that costs more is stopped.
"""

from collections.abc import Sequence
from typing import Any, cast

from django.template import Context, Engine, Node, Template, TemplateSyntaxError
from django.template.base import (
    DebugLexer,
    FilterExpression,
    NodeList,
    Parser,
    Token,
    TokenType,
    VariableNode,
)
from django.template.defaulttags import CycleNode, FirstOfNode, ForNode, WithNode

from notifications.i18n import Sentence
from notifications.i18n import gettext_noop as _

from .budget import current, spending
from .expressions import Expression, Items
from .filters import LIBRARY

DEEPEST = 20
LONGEST_TAG = 1000
# The lexer reads the rest of the line again from each opening that is never closed.
_MOST_UNCLOSED = 50


class SandboxedTemplate(Template):
    """A template; `paths` are the placeholders that it reads, `looped` those of its loops."""

    paths: list[str]
    looped: set[str]

    def __init__(self, source: str) -> None:
        super().__init__(source, engine=_ENGINE)

    def compile_nodelist(self) -> NodeList:
        _refuse_unclosed(str(self.source))
        parser = _Parser(DebugLexer(str(self.source)).tokenize(), {}, [LIBRARY], self.origin)
        with spending():  # {% verbatim %} renders what it holds while it is compiled
            nodes = parser.parse()
        self.paths = [p for p in parser.paths if p.partition(".")[0] not in parser.bound]
        self.looped = parser.looped
        return nodes

    def render_within(self, values: dict[str, Any], *, autoescape: bool) -> tuple[str, set[str]]:
        """Return the output, and the placeholders without a value. Raises TooCostly, DoesNotFit."""
        with spending() as budget:
            # The copy has the exact type: a SafeString would not be escaped on our own pages.
            output = str(self.render(Context(values, autoescape=autoescape)))[:]
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
            node.sequence = cast(FilterExpression, Items(sequence))
        elif isinstance(node, WithNode):
            self.bound.update(node.extra_context)
        for expression in _shown(node):
            expression.is_shown = True
        super().extend_nodelist(nodelist, _Paid(node), token)

    def compile_filter(self, token: str) -> Expression:
        expression = Expression(token, self)
        self.paths.extend(expression.paths)
        return expression


def _shown(node: Node) -> Sequence[Any]:
    """Return the expressions whose values the node writes into the text."""
    if isinstance(node, VariableNode):
        return [node.filter_expression]
    if isinstance(node, FirstOfNode):
        return cast(list[Any], node.vars)
    return cast(list[Any], node.cyclevars) if isinstance(node, CycleNode) else []


class _Paid(Node):
    """A node that is paid for when it is rendered."""

    def __init__(self, node: Node) -> None:
        self.inner = node

    def render(self, context: Context) -> Any:
        current.get().pay(None)
        output = self.inner.render(context)
        current.get().pay(output)
        return output


def _refuse_unclosed(source: str) -> None:
    for line in source.split("\n"):
        for opening, closing in (("{%", "%}"), ("{{", "}}"), ("{#", "#}")):
            rest = line[line.rfind(closing) + len(closing) :] if closing in line else line
            if rest.count(opening) > _MOST_UNCLOSED:
                text = _("“%(opening)s” without “%(closing)s”, many times in a line.")
                raise TemplateSyntaxError(Sentence(text, opening=opening, closing=closing))
