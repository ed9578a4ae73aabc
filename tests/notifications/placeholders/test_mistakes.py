"""What is wrong with a text, in words and with its place."""

import time

import pytest

from notifications.placeholders.mistakes import MOST_TOLD
from notifications.placeholders.texts import PlaceholderError, check, unbalanced


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("<p>Dear all, {% include 1 %}", "{% include %} is not available here. Line 1, column 14."),
        ("\n\n{% url 'x' %}", "{% url %} is not available here. Line 3, column 1."),
        (
            "{% for a in b %}{% load static %}{% endfor %}",
            "{% load %} is not available here. Line 1, column 17.",
        ),
        ("a\n {% if a %}x", "{% if %} is never closed: {% endif %} is missing. Line 2, column 2."),
        ("{% endif %}", "{% endif %} has nothing to close here. Line 1, column 1."),
        (
            "{% if a %}{% endfor %}{% endif %}",
            "{% endfor %} does not belong here: expected 'elif', 'else' or 'endif'. "
            "Line 1, column 11.",
        ),
        ("{{ a|nope }}", "The filter “nope” is not available here. Line 1, column 1."),
        ("{{ a b }}", "“ b” in “a b” cannot be read. Line 1, column 1."),
        ("x{{ }}", "There is nothing between the braces. Line 1, column 2."),
        ("{{ a._b }}", "The name “a._b” may not begin with an underscore. Line 1, column 1."),
        (
            "{% for %}{% endfor %}",
            "A loop is written like this: {% for item in list %} … {% endfor %}. Line 1, column 1.",
        ),
        ("{% if %}{% endif %}", "The condition of {% if %} cannot be read. Line 1, column 1."),
        (
            "{% with %}{% endwith %}",
            "A name is given like this: {% with name=value %} … {% endwith %}. Line 1, column 1.",
        ),
        ("{{ a|add }}", "The filter “add” has too many or too few values. Line 1, column 1."),
    ],
)  # fmt: skip
def test_a_mistake_is_told_in_words_with_line_and_column(source, told):
    with pytest.raises(PlaceholderError) as wrong:
        check(source)

    assert str(wrong.value) == told
    assert (wrong.value.mistake.line, wrong.value.mistake.column) != (0, 0)


@pytest.mark.parametrize(
    ("source", "excerpt", "place"),
    [
        ("Ticket {{ ticket.number } is closed", "{{ ticket.number } is closed", (1, 8)),
        ("Ticket { ticket.number }} is closed", "{ ticket.number }} is closed", (1, 8)),
        ("\n {% if a }", "{% if a }", (2, 2)),
        ("{{ ticket.\nnumber }}", "{{ ticket.", (1, 1)),
        ("Dear {requester.name},", "{requester.name},", (1, 6)),
    ],
)
def test_a_placeholder_without_one_of_its_braces_is_told(source, excerpt, place):
    check(source)  # to the engine it is plain text
    (mistake,) = unbalanced(source)

    assert mistake.text == (
        f"“{excerpt}” is sent exactly like this, because its braces do not match."
    )
    assert (mistake.line, mistake.column) == place


@pytest.mark.parametrize(
    "source",
    [
        "{{ a }}{% if b %}{{{ c }}}{% endif %}{# note {{ #}",
        "<style>@media print{.a{width:100%}#id{color:red}}</style>",
        "{% verbatim %}{{ a }{% b }{% endverbatim %}{% comment %}{{ a }{% endcomment %}",
        "var x = ${a.b}; {a: 1}",
    ],
)
def test_braces_that_are_meant_are_not_told(source):
    assert unbalanced(source) == []


@pytest.mark.parametrize("piece", ["{{ a } ", "{ ", "{a", "{ a", "{a.b", "{ a|"])
def test_a_hostile_text_is_read_at_once(piece):
    begun = time.process_time()

    found = unbalanced(piece * (200_000 // len(piece)))

    assert len(found) <= MOST_TOLD
    assert time.process_time() - begun < 3
