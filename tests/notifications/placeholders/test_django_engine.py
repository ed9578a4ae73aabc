"""The internals of Django's template engine that the sandbox replaces, one test for each.

They are no public API. Each test shows with classes of Django alone that the engine still goes
through the place that placeholders/language.py and expressions.py take over.
"""

import django
import pytest
from django.template import Context, Engine, Template
from django.template.base import (
    FilterExpression,
    Lexer,
    Parser,
    TextNode,
    Variable,
    VariableNode,
)
from django.template.defaulttags import CycleNode, FirstOfNode, ForNode, WithNode

ENGINE = Engine(loaders=[], libraries={})
WHAT_TO_DO = (
    "The sandbox of placeholders stands on it (notifications/placeholders/language.py), so a "
    "template may now do what it must not. Do not upgrade until language.py is made for the new "
    "engine, all hostile templates of test_texts.py are stopped, and this test is changed with "
    "it; docs/adr/0007 says what to do if that cannot be."
)


def parser(source="", kind=Parser):
    return kind(Lexer(source).tokenize(), {}, ENGINE.template_builtins)


def only_node(source, kind):
    (node,) = parser(source).parse().get_nodes_by_type(kind)
    return node


def constructor_compiles_by_compile_nodelist():
    class Ours(Template):
        def compile_nodelist(self):
            return parser("ours").parse()

    assert Ours("theirs", engine=ENGINE).render(Context()) == "ours"


def each_node_goes_through_extend_nodelist():
    class Recording(Parser):
        def extend_nodelist(self, nodelist, node, token):
            seen.append(type(node).__name__)
            super().extend_nodelist(nodelist, TextNode("paid "), token)

    seen = []
    nodes = parser("a{{ b }}{% for c in d %}e{% endfor %}", Recording).parse()
    assert seen == ["TextNode", "VariableNode", "TextNode", "ForNode"]
    assert nodes.render(Context({"d": [1]})) == "paid " * 3


def each_value_of_a_tag_goes_through_compile_filter():
    class Recording(Parser):
        def compile_filter(self, token):
            seen.append(token)
            return super().compile_filter(token)

    seen = []
    source = (
        "{{ a|upper }}{% for b in c %}{% endfor %}{% with d=e %}{% endwith %}{% if f %}{% endif %}"
    )
    parser(source, Recording).parse()
    assert seen == ["a|upper", "c", "e", "f"]


def filters_are_a_list_of_functions_with_arguments():
    expression = FilterExpression("a|default:b|join:'c'", parser())
    (default, by_path), (join, by_text) = expression.filters
    assert (default.__name__, join.__name__) == ("default", "join")
    assert [(is_path, str(arg)) for is_path, arg in by_path + by_text] == [
        (True, "b"),
        (False, "c"),
    ]

    expression.filters = [(lambda value, arg: f"{value} {arg}", by_path)]
    assert expression.resolve(Context({"a": "1", "b": "2"})) == "1 2"


def the_value_before_the_filters_is_var():
    expression = FilterExpression("a|upper", parser())
    assert isinstance(expression.var, Variable)
    assert expression.var.lookups == ("a",)

    expression.var = Variable("b.c")
    assert expression.resolve(Context({"b": {"c": "x"}})) == "X"
    assert FilterExpression("'a'", parser()).var == "a"


def a_loop_asks_its_sequence():
    class Sequence:
        def resolve(self, context, ignore_failures=False):
            return [1, 2]

    node = only_node("{% for a, b in c %}x{% endfor %}", ForNode)
    assert node.loopvars == ["a", "b"]
    assert isinstance(node.sequence, FilterExpression)

    node = only_node("{% for a in c %}{{ a }}{% endfor %}", ForNode)
    node.sequence = Sequence()
    assert node.render(Context()) == "12"


def with_keeps_its_names_in_extra_context():
    assert list(only_node("{% with a=b c=d %}{% endwith %}", WithNode).extra_context) == ["a", "c"]


def what_is_shown_is_asked_of_expressions():
    class Shown:
        def resolve(self, context, ignore_failures=False):
            return "shown"

    variable = only_node("{{ a }}", VariableNode)
    variable.filter_expression = Shown()
    first = only_node("{% firstof a b %}", FirstOfNode)
    first.vars[0] = Shown()
    cycle = only_node("{% cycle a b %}", CycleNode)
    cycle.cyclevars[0] = Shown()
    assert [node.render(Context()) for node in (variable, first, cycle)] == ["shown"] * 3


def a_path_is_looked_up_by_resolve_lookup():
    class Ours(Variable):
        def _resolve_lookup(self, context):
            return self.lookups

    assert Ours("a.b.0").resolve(Context()) == ("a", "b", "0")


@pytest.mark.parametrize(
    ("internal", "holds"),
    [
        ("Template.compile_nodelist", constructor_compiles_by_compile_nodelist),
        ("Parser.extend_nodelist", each_node_goes_through_extend_nodelist),
        ("Parser.compile_filter", each_value_of_a_tag_goes_through_compile_filter),
        ("FilterExpression.filters", filters_are_a_list_of_functions_with_arguments),
        ("FilterExpression.var", the_value_before_the_filters_is_var),
        ("ForNode.sequence", a_loop_asks_its_sequence),
        ("WithNode.extra_context", with_keeps_its_names_in_extra_context),
        ("VariableNode, FirstOfNode, CycleNode", what_is_shown_is_asked_of_expressions),
        ("Variable._resolve_lookup", a_path_is_looked_up_by_resolve_lookup),
    ],
)
def test_djangos_template_engine_is_as_the_sandbox_needs_it(internal, holds):
    try:
        holds()
    except Exception as error:  # an engine that has changed may fail in any way
        changed = f"Django {django.__version__} has changed {internal}: {error!r}."
        raise AssertionError(f"{changed} {WHAT_TO_DO}") from error
