"""What JSON values look like in a text, and each tag and filter that docs/api.md promises."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.placeholders import addresses
from notifications.placeholders.context import plain_data
from notifications.placeholders.texts import PlaceholderError, ValuesMissing, check, render

VALUES = {
    "none": None,
    "yes": True,
    "no": False,
    "list": ["a", None, True],
    "object": {"a": 1},
    "empty": [],
    "number": 1,
    "word": "word",
    "day": "2026-01-02T10:30:00Z",
}
SAMPLES = {
    "if": ("{% if yes %}a{% endif %}", "a"),
    "for": ("{% for each in list %}{{ each }};{% endfor %}", "a;;true;"),
    "with": ("{% with x=none %}[{{ x }}]{% endwith %}", "[]"),
    "firstof": ("{% firstof none no yes %}", "true"),
    "cycle": ("{% for each in list %}{% cycle yes none %}.{% endfor %}", "true..true."),
    "now": ("{% now 'e' %}", "UTC"),
    "comment": ("a{% comment %}{{ word }}{% endcomment %}", "a"),
    "verbatim": ("{% verbatim %}{{ x }}{% if %}{% endverbatim %}", "{{ x }}{% if %}"),
    "add": ("{{ number|add:yes }}{{ none|add:word }}", "2"),
    "capfirst": ("{{ word|capfirst }}{{ none|capfirst }}{{ yes|capfirst }}", "WordTrue"),
    "cut": ("{{ word|cut:'o' }}{{ word|cut:none }}{{ word|cut:nothing }}", "wrdwordword"),
    "date": ("{{ day|date:'Y' }}{{ none|date }}", "2026"),
    "default": ("{{ none|default:'x' }}{{ none|default:none }}{{ no|default:yes }}", "xtrue"),
    "default_if_none": ("{{ none|default_if_none:'x' }}{{ no|default_if_none:'y' }}", "xfalse"),
    "divisibleby": ("{{ 4|divisibleby:2 }}", "true"),
    "escape": ("{{ word|escape }}{{ none|escape }}", "word"),
    "filesizeformat": ("{{ 2048|filesizeformat }}", "2.0\xa0KB"),
    "first": ("{{ list|first }}", "a"),
    "floatformat": ("{{ '1.25'|floatformat:1 }}{{ none|floatformat }}", "1.3"),
    "force_escape": ("{{ '<'|force_escape }}{{ none|force_escape }}", "&lt;"),
    "join": ("{{ list|join:', ' }}{{ list|join:none }}", "a, , trueatrue"),
    "last": ("{{ list|last }}", "true"),
    "length": ("{{ list|length }}{{ object|length }}", "31"),
    "linebreaks": ("{{ word|linebreaks }}", "<p>word</p>"),
    "linebreaksbr": ("{{ word|linebreaksbr }}{{ none|linebreaksbr }}", "word"),
    "lower": ("{{ 'A'|lower }}{{ none|lower }}{{ yes|lower }}", "atrue"),
    "pluralize": ("{{ list|pluralize }}{{ number|pluralize }}", "s"),
    "safe": ("{{ word|safe }}{{ none|safe }}{{ no|safe }}", "wordfalse"),
    "slice": ("{{ word|slice:':2' }}{{ none|slice:':2' }}", "wo"),
    "slugify": ("{{ 'A b'|slugify }}{{ none|slugify }}", "a-b"),
    "time": ("{{ day|time:'H:i' }}{{ none|time }}", "10:30"),
    "title": ("{{ word|title }}{{ none|title }}", "Word"),
    "truncatechars": ("{{ word|truncatechars:3 }}{{ none|truncatechars:3 }}", "wo…"),
    "truncatewords": ("{{ 'a b'|truncatewords:1 }}{{ none|truncatewords:1 }}", "a …"),
    "upper": ("{{ word|upper }}{{ none|upper }}{{ yes|upper }}", "WORDTRUE"),
    "urlencode": ("{{ 'a b'|urlencode }}{{ none|urlencode }}", "a%20b"),
    "wordcount": ("{{ 'a b'|wordcount }}{{ none|wordcount }}", "20"),
    "yesno": ("{{ yes|yesno:'ja,nein' }}{{ no|yesno:'ja,nein' }}", "janein"),
}


def promised():
    text = Path("docs/api.md").read_text(encoding="utf-8").partition("## E-mail Notifications")[2]
    tags = re.findall(r"`{% (\w+) %}`", text)
    filters = re.search(r"the filters ([\w,\s]+)\.", text)[1]
    return {*tags, *re.findall(r"\w+", filters.replace(" and ", " "))}


def test_each_promised_tag_and_filter_has_a_sample():
    assert promised() == set(SAMPLES)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_promised_tag_or_filter_works_and_shows_no_value_of_python(name, settings):
    settings.TIME_ZONE = "UTC"
    source, output = SAMPLES[name]
    check(source)

    assert render(source, plain_data(VALUES), is_html=False) == output


@pytest.mark.parametrize(
    ("source", "output"),
    [
        ("[{{ none }}]", "[]"),
        ("{{ yes }} {{ no }}", "true false"),
        ("{{ list.1 }}{{ list.2 }}", "true"),
        ("{{ empty|default:'none' }}", "none"),
        ("{{ number }}", "1"),
        ("{% for a, b in object.items %}{{ a }}={{ b }}{% endfor %}", "a=1"),
        ("{{ '<'|default:none }}", "<"),
    ],
)
def test_values_are_shown_as_json_means_them(source, output):
    assert render(source, plain_data(VALUES), is_html=False) == output


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("{{ none }}", ["none"]),
        ("{{ none|upper }}", ["none"]),
        ("{{ object.b|default:none }}", ["object.b"]),
        ("{{ list.1 }}", ["list.1"]),
        ("{{ none|default:'x' }}{{ word|default:nothing }}", []),
        ("{% firstof none word %}", []),
    ],
)
def test_null_is_no_value(source, names):
    found = []
    try:
        render(source, plain_data(VALUES), is_html=False, refuses_missing=True)
    except ValuesMissing as refused:
        found = refused.names

    assert found == names


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("{{ list }}", "list"),
        ("{{ object }}", "object"),
        ("{{ empty }}", "empty"),
        ("{{ object.items }}", "object.items"),
        ("{{ list|upper }}", "list"),
        ("{{ list|safe }}", "list"),
        ("{{ object|linebreaks }}", "object"),
        ("{{ object|join:', ' }}", "object"),
        ("{{ list|slice:':1' }}", "list"),
        ("{% firstof none list %}", "list"),
        ("{% cycle object word %}", "object"),
        ("{% with x=list %}{{ x }}{% endwith %}", "x"),
        ("{% for each in list %}{{ forloop }}{% endfor %}", "forloop"),
        ("{{ none|divisibleby:2 }}", "none"),
        ("{{ list|divisibleby:2 }}", "list"),
        ("{{ object|first }}", "object"),
    ],
)
def test_a_value_that_cannot_be_shown_is_refused_by_its_name(source, name):
    with pytest.raises(PlaceholderError, match=f"“{name}” (is a list|does not fit)") as refused:
        render(source, plain_data(VALUES), is_html=False)

    assert not re.search(r"None|True|NoneType|\[|{'", str(refused.value))


def test_a_list_within_a_joined_list_is_refused():
    with pytest.raises(PlaceholderError, match="an item of the list"):
        render("{{ a|join:' ' }}", {"a": [["b"]]}, is_html=False)


CHANGE_LETTERS = {"capfirst", "title", "upper"}
TAGS = {"if", "for", "with", "firstof", "cycle", "now", "comment", "verbatim"}
json = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text("ab", max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.just("k"), inner, max_size=1),
    max_leaves=6,
)


@settings(max_examples=300)
@given(
    json, json, st.lists(st.sampled_from(sorted(set(SAMPLES) - TAGS - CHANGE_LETTERS)), max_size=3)
)
def test_no_filter_shows_a_value_of_python(value, other, filters):
    source = "{{ v" + "".join(f"|{name}" for name in filters) + " }}{{ ''|default:w }}"
    try:
        output = render(source, plain_data({"v": value, "w": other}), is_html=False)
    except PlaceholderError as refused:
        output = str(refused)

    assert not re.search(r"None|True|False|\[['\[NTF]|{'", output)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("a@x.example; b@x.example", "one address only.*join"),
        ("a@x.example, b@x.example", "one address only.*join"),
        ("a@@x.example", "before the @"),
    ],
)
def test_one_value_is_one_address_and_that_is_said(value, reason):
    filled = render("{{ to }}", addresses.guarded({"to": value}), is_html=False)

    with pytest.raises(ValueError, match=reason):
        addresses.addresses(filled)
