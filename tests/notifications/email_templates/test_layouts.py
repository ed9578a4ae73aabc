"""The header and the footer that E-mail Notifications share."""

import time

import pytest
from django.core.exceptions import ValidationError
from django.db.models import ProtectedError

from notifications.email_templates import json_format
from notifications.email_templates import run as actions
from notifications.email_templates.filling import fill_in
from notifications.email_templates.run import Initiator
from notifications.errors import InvalidNotification
from notifications.models import EmailLayout, EmailTemplate
from tests import factories
from tests.notifications.placeholders.test_texts import HOSTILE

pytestmark = pytest.mark.django_db
MEGAN = Initiator("megan")
HTML = '<h1>Contoso</h1>{{ content }}<p>{{ company }}<img src="cid:logo"></p>'


def template(html=HTML, text="", **changes):
    return factories.template(layout=factories.layout(html=html, text=text), **changes)


def test_the_message_stands_in_its_layout_and_values_are_escaped_once():
    row = template(html="<h1>{{ company }}</h1>{{ content }}<hr>", subject="S")
    row.html = "<p>Dear {{ name }}</p>"

    filled = fill_in(row, {"name": "Jo & <b>", "company": "A & B"})

    assert filled.html == "<h1>A &amp; B</h1><p>Dear Jo &amp; &lt;b&gt;</p><hr>"
    assert filled.text.split()[:7] == ["A", "&", "B", "Dear", "Jo", "&", "<b>"]


@pytest.mark.parametrize(
    "value", ["{{ secret }}", "{% include 'x' %}", "{% debug %}", "{{ content }}"]
)
def test_what_came_with_a_context_is_never_read_as_a_placeholder(value):
    row = template(html="[{{ content }}]", text="({{ content }})")
    row.html, row.text = "{{ note }}", "{{ note }}"

    filled = fill_in(row, {"note": value, "secret": "s3cret"})

    assert "s3cret" not in filled.html + filled.text
    assert filled.text == f"({value})"


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_layout_neither_runs_anything_nor_hangs(name):
    row = template(html=HOSTILE[name] + "{{ content }}")
    row.html = "<p>" + "x" * 100_000 + "</p>"
    begun = time.process_time()
    try:
        output = fill_in(row, {"secret": "s3cret", "numbers": list(range(2000))}).html
    except InvalidNotification as error:
        output = str(error)[:1000]

    assert time.process_time() - begun < 5
    assert len(output) <= 1_000_000
    assert "S3CRET" not in output
    assert "<class" not in output


@pytest.mark.parametrize(
    "html",
    [
        "{% for a in numbers %}{{ content }}{% endfor %}",
        "{% for a in content %}{{ content }}{% endfor %}",
        "{% with a=content|add:content %}{{ a|add:a|add:a|add:a }}{% endwith %}{{ content }}" * 3,
        "{{ content.__class__ }}{{ content }}",
        "{% include content %}",
    ],
)
def test_a_layout_cannot_multiply_or_load_the_message(html):
    row = template(html=html)
    row.html = "x" * 150_000

    with pytest.raises(InvalidNotification, match=r"^Layout: "):
        fill_in(row, {"numbers": list(range(2000))})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("html", "no place for it"),
        ("html", "{% include 'x' %}{{ content }}"),
        ("html", "{{ contents }}"),
        ("html", ""),
        ("text", "no place for it"),
        ("name", ""),
    ],
)
def test_a_mistake_is_told_at_its_field(field, value):
    row = EmailLayout(name="Contoso", html="{{ content }}")
    setattr(row, field, value)

    with pytest.raises(ValidationError) as refused:
        row.full_clean()

    assert list(refused.value.message_dict) == [field]


def test_a_text_of_its_own_is_used_and_else_made_from_the_html():
    with_text = template(text="-- {{ content }} --")
    made = template(html="<p>Above</p>{{ content }}<p>Below</p>")

    assert fill_in(with_text, {}).text == "-- Hello --"
    assert fill_in(made, {}).text.split() == ["Above", "Hello", "Below"]


def test_a_message_without_html_gets_the_text_only():
    row = template(html="", text="")
    row.layout.html, row.html, row.text = "<p>Above</p>{{ content }}", "", "Hello"

    filled = fill_in(row, {})

    assert (filled.html, filled.text.split()) == ("", ["Above", "Hello"])


def test_a_layout_knows_the_language():
    html = "{{ content }}{% if language == 'de' %}Grüße{% else %}Regards{% endif %}"
    row = template(html=html, languages={"de": {"html": "<p>Hallo</p>"}}, language="en")

    assert fill_in(row, {}, "de-at").html == "<p>Hallo</p>Grüße"
    assert fill_in(row, {}).html == "<p>Hello</p>Regards"


def test_its_values_are_asked_for_and_its_files_are_attached():
    row = template()
    factories.layout_file(row.layout, "logo.png", b"logo", content_id="logo")

    queued = actions.run(row, {"company": "Contoso"}, initiator=MEGAN)

    assert [field.path for field in row.fields()] == ["company"]
    assert [(f.name, f.content_id) for f in queued.attachments.all()] == [("logo.png", "logo")]


def test_missing_values_of_a_layout_are_refused_as_others():
    row = template(missing_values="refuse")

    with pytest.raises(InvalidNotification, match="Layout: No value for: company"):
        fill_in(row, {})


def test_a_layout_in_use_is_not_deleted():
    row = template()

    with pytest.raises(ProtectedError):
        row.layout.delete()


def test_an_export_brings_its_layout_along():
    row = template(name="Closed")
    factories.layout_file(row.layout, "logo.png", b"logo", content_id="logo")
    text = json_format.export([row])
    EmailTemplate.objects.all().delete()
    EmailLayout.objects.all().delete()

    json_format.import_templates(text)

    again = EmailTemplate.objects.get()
    assert factories.content_of(again.layout.files.get()) == b"logo"
    assert json_format.export([again]) == text


@pytest.mark.parametrize(
    ("layouts", "name"),
    [
        ([], "Nowhere"), ([], 5), ([], "half \ud800"), ([{"name": "A", "html": "x"}], "A"),
        ([{"name": "A", "html": "{{ content }}", "files": [1]}], "A"), ([1], None), ("x", None),
        ([{"name": "A", "html": 5}], None), ([{"name": "A", "pk": 5}], None), ([{}], None),
    ],
)  # fmt: skip
def test_a_wrong_layout_imports_nothing(layouts, name):
    entry = {"name": "Good", "text": "x", "layout": name}
    document = {"format": json_format.FORMAT, "templates": [entry], "layouts": layouts}

    with pytest.raises(json_format.NotImported) as refused:
        json_format.import_templates(json_format.json.dumps(document))

    assert all(refused.value.problems)
    assert not EmailTemplate.objects.exists()
    assert not EmailLayout.objects.exists()
