"""The language of E-mail Notifications: what it does, and what it refuses to do."""

import time

import pytest
from django.utils.safestring import mark_safe

from notifications.placeholders.context import plain_data
from notifications.placeholders.texts import (
    Field,
    PlaceholderError,
    ValuesMissing,
    check,
    fields_of,
    render,
)

VALUES = {
    "one": 1,
    "numbers": list(range(2000)),
    "long": "&" * 100_000,
    "texts": ["x" * 50_000] * 5,
    "mapping": {"key": "value"},
    "secret": "s3cret",
}
HOSTILE = {
    "loads a library": "{% load static %}",
    "includes": "{% include 'admin/base.html' %}",
    "includes a name from the context": "{% include secret %}",
    "extends": "{% extends 'admin/base.html' %}",
    "defines a block": "{% block a %}{% endblock %}",
    "includes a file of the server": "{% ssi '/etc/passwd' %}",
    "asks for debug output": "{% debug %}",
    "asks for an address": "{% url 'admin:index' %}",
    "asks for a token": "{% csrf_token %}",
    "pads with lorem": "{% lorem 1000000 p %}",
    "class of a value": "{{ one.__class__.__mro__ }}",
    "underscore in a loop": "{% for a in one.__dict__ %}{% endfor %}",
    "underscore in a filter's argument": "{{ one|default:mapping._private }}",
    "method of a dict": "{{ mapping.clear }}{{ mapping.pop }}{{ mapping.copy }}",
    "method of a list": "{{ numbers.sort }}{{ numbers.clear }}",
    "method of a text": "{{ secret.upper }}{{ secret.format }}",
    "the request and the settings": "{{ request.user.password }}{{ settings.SECRET_KEY }}",
    "the template's own engine": "{{ block.super }}{{ self.template }}{{ forloop.parentloop }}",
    "pads to the right": "{{ secret|ljust:1000000000 }}",
    "pads in the middle": "{{ secret|center:'1000000000' }}",
    "formats wide": "{{ secret|stringformat:'1000000000s' }}",
    "prints objects": "{{ mapping|pprint }}",
    "doubles backslashes": "{{ secret" + "|addslashes" * 60 + " }}",
    "many digits": "{{ one|floatformat:1000000000 }}{{ '1e1000000'|floatformat:2 }}",
    "infinity": "{{ 1e999|filesizeformat }}",
    "divides by zero": "{{ one|divisibleby:0 }}",
    "empty loops within loops": "{% for a in numbers %}{% for b in numbers %}{% for c in numbers %}"
    "{% endfor %}{% endfor %}{% endfor %}",
    "loops that write": "{% for a in numbers %}" * 15 + "x" + "{% endfor %}" * 15,
    "doubles a text": "{% with a=long|add:long %}{% with b=a|add:a %}{% with c=b|add:b %}"
    "{% with d=c|add:c %}{{ d|add:d }}{% endwith %}{% endwith %}{% endwith %}{% endwith %}",
    "doubles a list": "{% with a=texts|add:texts %}{% with b=a|add:a %}{{ b|add:b|add:b }}"
    "{% endwith %}{% endwith %}",
    "joins with a long text": "{{ numbers|join:long }}",
    "escapes again and again": "{{ long" + "|force_escape" * 70 + " }}",
    "escapes in a loop": "{% for a in numbers %}{{ long|urlencode|linebreaks }}{% endfor %}",
    "shows a list in a loop": "{% for a in numbers %}{{ texts }}{% endfor %}",
    "searches in a loop": "{% for a in numbers %}{% for b in numbers %}"
    "{% if 'x' in long or 5000 in numbers %}{% endif %}{% endfor %}{% endfor %}",
    "a condition of a thousand": "{% if " + " or ".join(["one"] * 1000) + " %}x{% endif %}",
    "a filter chain without an end": "{{ secret" + "|upper" * 1000 + " }}",
    "many nots": "{% if " + "not " * 240 + " one %}x{% endif %}",
    "nested a thousand deep": "{% if one %}" * 1000 + "{% endif %}" * 1000,
    "never closed": "{%" * 100_000,
    "never closed, the other kinds": "{{" * 50_000 + "{#" * 50_000,
    "not closed block": "{% for a in numbers %}",
    "nonsense": "{% if %}{% else %}{{ | }}{% %}{{ a b }}",
    "longer than allowed": "x" * 300_000,
    "a number of a thousand digits": "{{ " + "9" * 900 + "|add:one }}",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_template_neither_runs_anything_nor_hangs(name):
    values, begun = plain_data(VALUES), time.process_time()
    try:
        output = render(HOSTILE[name], values, is_html=True)
    except PlaceholderError as error:
        output = str(error)[:1000]

    assert time.process_time() - begun < 3
    assert len(output) <= 1_000_000
    assert values == VALUES
    assert "S3CRET" not in output
    assert "<class" not in output


def test_values_are_escaped_in_html_and_nowhere_else():
    values = plain_data({"name": mark_safe("<b>Jo & Co</b>")})

    assert render("{{ name }}", values, is_html=True) == "&lt;b&gt;Jo &amp; Co&lt;/b&gt;"
    assert type(render("{{ name }}", values, is_html=True)) is str, "a page would not escape it"
    assert render("{{ name }}", values, is_html=False) == "<b>Jo & Co</b>"


@pytest.mark.parametrize(
    ("source", "output"),
    [
        ("{{ ticket.number|add:1 }}", "18"),
        ("{% for name, size in files.items %}{{ name }}={{ size }};{% endfor %}", "a.txt=3;"),
        ("{{ watchers|join:', ' }} {{ watchers.1 }} {{ watchers|length }}", "jo, kim kim 2"),
        ("{{ due|date:'j M Y' }} {{ due|time:'H:i' }}", "2 Jan 2026 10:30"),
        ("{% if ticket.number > 10 and not closed %}open{% else %}closed{% endif %}", "open"),
        ("{{ nobody|default:'somebody' }}{{ nothing }}", "somebody"),
        ("{{ price|floatformat:2 }}", "12.50"),
        (
            "{% with n=ticket.number %}{{ n }}{% endwith %}{# note #}",
            "17",
        ),
    ],
)
def test_what_templates_of_a_service_desk_need(source, output):
    values = plain_data(
        {
            "ticket": {"number": 17},
            "files": {"a.txt": 3},
            "watchers": ["jo", "kim"],
            "due": "2026-01-02T10:30:00Z",
            "closed": False,
            "price": 12.5,
        }
    )

    assert render(source, values, is_html=False) == output


def test_a_missing_value_is_named_where_it_is_refused():
    source = (
        "{{ ticket.number }}{{ note|default:'none' }}{% if urgent %}!{% endif %}{{ ticket.who }}"
    )

    with pytest.raises(ValuesMissing) as refused:
        render(source, {"ticket": {"number": 1}}, is_html=False, refuses_missing=True)

    assert refused.value.names == ["ticket.who"]


def test_the_fields_of_a_template_are_what_it_asks_for_from_outside():
    found = fields_of(
        [
            "{{ ticket.number }}",
            "{% for f in ticket.files %}{{ f.name }} {{ forloop.counter }}{% endfor %}",
            "{% with who=requester.name %}{{ who }}{% endwith %}{{ ticket.number|default:spare }}",
        ]
    )

    assert found == [
        Field("ticket.number"),
        Field("ticket.files", is_list=True),
        Field("requester.name"),
        Field("spare"),
    ]


@pytest.mark.parametrize(
    "context",
    [
        [],
        {"a": object()},
        {"a": float("nan")},
        {"a": 10**40},
        {"a": "nul \0"},
        {"half \ud800": 1},
        {1: "a"},
        {"a": list(range(30_000))},
        {"a": "x" * 600_000},
        {"a": {"b": [[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]}},
    ],
)
def test_a_context_is_plain_data_of_bounded_size(context):
    with pytest.raises(PlaceholderError):
        plain_data(context)


def test_a_syntax_error_says_where_it_is():
    with pytest.raises(PlaceholderError, match="Line 2, column 1"):
        check("first\n{% endif %}")
