"""The form of an E-mail Notification: what is typed is shown before it is saved, and never lost."""

import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications.models import EmailTemplate, Notification
from tests import factories
from tests.notifications.admin.email_templates.steps import (
    LIST,
    NO_FILES,
    TYPED,
    WITH_FILE,
    image,
    kept_of,
    text_of,
    upload,
)

pytestmark = pytest.mark.django_db


def unsaved(client, **typed):
    return client.post(f"{LIST}unsaved/", TYPED | typed).json()


def test_what_is_typed_is_shown_before_the_first_save(megan):
    shown = unsaved(megan, subject="Ticket {{ number }} closed", html="<b>{{ number }}</b>")

    assert "Ticket 17 closed" in shown["message"]
    assert (shown["html"], shown["text"]) == ("<b>17</b>", "17")
    assert not EmailTemplate.objects.exists()


def test_mistakes_come_with_their_field_line_and_column(megan):
    shown = unsaved(megan, html="<p>\n {% include 'x' %}", subject="{{ number }")

    assert [(m["field"], m["line"], m["column"], m["is_error"]) for m in shown["marks"]] == [
        ("subject", 1, 1, False),
        ("html", 2, 2, True),
    ]
    assert "{% include %} is not available here. Line 2, column 2." in shown["message"]
    assert "is sent exactly like this" in shown["message"]


def test_values_come_from_the_chosen_sample_set(megan):
    sets = json.dumps({"No number": {}, "Large": {"number": 999}})

    assert unsaved(megan, sample_sets=sets, sample_set="Large")["html"] == "<b>999</b>"
    assert unsaved(megan, sample_sets=sets, sample_set="nothing")["html"] == "<b>17</b>"
    blank = unsaved(megan, sample_sets=sets, sample_set="-")
    assert blank["html"] == "<b></b>"
    assert "No value for: email, number" in blank["message"]
    assert unsaved(megan, sample_sets=sets)["sets"] == ["No number", "Large"]


def test_placeholders_to_choose_from_come_from_the_sample(megan):
    sample = json.dumps({"ticket": {"number": 17}, "lines": [1], "<b>": "x"})

    paths = unsaved(megan, sample_context=sample)["paths"]

    assert ["{{ ticket.number }}", "ticket.number: 17"] in paths
    assert paths[1][0] == "{% for item in lines %}{{ item }}{% endfor %}"


@pytest.mark.parametrize(
    "typed",
    [
        {"sample_context": "{"},
        {"sample_context": "[" * 5000},
        {"sample_context": "[1]"},
        {"sample_sets": "[1]"},
        {"layout": "x"},
        {"layout": "99999999999999999999999"},
        {"files-TOTAL_FORMS": "-1"},
        {"files-TOTAL_FORMS": "999999999"},
        {"files-TOTAL_FORMS": "1", "files-0-id": "x", "files-0-kept": "forged"},
        {"html": "\0"},
        {"html": "x" * 300_000},
        {"language": "x" * 5000},
        {"preview_language": "{{"},
        {"language_codes": ["de", "!", ""], "html_de": "{% x %}"},
        {"missing_values": "x"},
    ],
)
def test_odd_input_is_answered(megan, typed):
    response = megan.post(f"{LIST}unsaved/", TYPED | typed)

    assert response.status_code == 200
    assert "message" in response.json()


@pytest.mark.parametrize("name", ["sample_context", "sample_sets"])
@pytest.mark.parametrize("sample", ['{"\\ud800": 1}', '{"a": {"\\ud800": "\\ud800"}}'])
@pytest.mark.parametrize("button", ["_save", "_preview", "_add_language"])
def test_half_a_character_in_a_sample_is_told(megan, name, sample, button):
    response = megan.post(f"{LIST}add/", TYPED | NO_FILES | {name: sample, button: "1"})

    assert "half a character (a lone surrogate) at position 1" in text_of(response)
    assert not EmailTemplate.objects.exists()


def test_a_frame_gets_no_script_of_ours_and_images_of_the_form(megan):
    answer = upload(megan)
    html = f'<img src="cid:{answer["content_id"]}" alt="">'

    shown = unsaved(megan, html=html, **WITH_FILE, **{"files-0-kept": answer["kept"]})

    assert re.fullmatch(r"our-logo-[0-9a-f]{6}", answer["content_id"])
    assert 'src="data:image/png;base64,iVBORw0KGgo' in shown["html"]
    assert "Our logo.png" in shown["message"]


def test_saving_warns_of_a_brace_that_is_missing(megan):
    response = megan.post(f"{LIST}add/", TYPED | NO_FILES | {"subject": "{{ number }"}, follow=True)

    assert EmailTemplate.objects.get().subject == "{{ number }"
    assert "Subject, line 1, column 1: “{{ number }” is sent exactly like this" in text_of(response)


def test_a_language_is_added_filled_in_and_removed(megan):
    row = factories.template(name="Closed")
    url = f"{LIST}{row.pk}/change/"
    added = megan.post(
        url, TYPED | NO_FILES | {"_add_language": "1", "add_language": "de", "html": "kept"}
    )

    assert "html_de" in text_of(added)
    assert "kept</textarea>" in text_of(added)
    assert "The language was added below" in text_of(added)
    assert EmailTemplate.objects.get().html == "<p>Hello</p>", "nothing is saved"

    german = {"language_codes": "de", "subject_de": "Anfrage", "html_de": "<p>Hallo</p>"}
    megan.post(url, TYPED | NO_FILES | german)
    assert EmailTemplate.objects.get().languages["de"]["subject"] == "Anfrage"
    assert "Anfrage" in text_of(megan.get(url))

    wrong = megan.post(url, TYPED | NO_FILES | german | {"html_de": "{% load x %}"})
    assert "{% load %} is not available here. Line 1, column 1." in text_of(wrong)
    empty = megan.post(url, TYPED | NO_FILES | {"language_codes": "de"})
    assert "Enter an HTML body or a text." in text_of(empty)
    assert EmailTemplate.objects.get().languages["de"]["subject"] == "Anfrage"

    megan.post(url, TYPED | NO_FILES | german | {"remove_de": "on"})
    assert EmailTemplate.objects.get().languages == {}


def test_without_javascript_a_button_shows_what_is_typed(megan):
    typed = (
        TYPED
        | WITH_FILE
        | {"_preview": "1", "html": "<i>{{ number }}</i>", "files-0-file": image()}
    )

    response = megan.post(f"{LIST}add/", typed)

    assert "&lt;i&gt;17&lt;/i&gt;" in text_of(response)
    assert "It is not saved yet" in text_of(response)
    assert "correct the error" not in text_of(response)
    assert kept_of(response)
    assert not EmailTemplate.objects.exists()


def test_a_test_has_the_text_that_is_typed_and_goes_to_one_address(megan):
    form = text_of(megan.get(f"{LIST}add/"))
    token = re.search(r'name="form_token" value="([^"]+)"', form)[1]
    answer = upload(megan)
    typed = TYPED | WITH_FILE | {
        "subject": "Unsaved {{ number }}", "recipient": "megan@contoso.example",
        "files-0-kept": answer["kept"], "form_token": token,
    }  # fmt: skip

    said = megan.post(f"{LIST}try/", typed).json()
    again = megan.post(f"{LIST}try/", typed).json()
    wrong = megan.post(
        f"{LIST}try/", typed | {"recipient": "nobody", "form_token": said["form_token"]}
    )

    queued = Notification.objects.get()
    assert (queued.subject, queued.recipients) == ("Unsaved 17", ["megan@contoso.example"])
    assert [f.name for f in queued.attachments.all()] == ["Our logo.png"]
    assert f"/notifications/notification/{queued.pk}/change/" in said["told"]
    assert again["told"] == said["told"], "sent twice, queued once"
    assert wrong.status_code == 422
    assert "not an e-mail address" in wrong.json()["problem"]
    assert not EmailTemplate.objects.exists()


@pytest.mark.parametrize("named", ["files-0-kept", "files-0-id"])
def test_a_test_whose_attachment_is_gone_is_refused(megan, named):
    gone = {"files-0-kept": "forged", "files-0-id": "4711"}[named]

    said = megan.post(f"{LIST}try/", TYPED | WITH_FILE | {named: gone, "recipient": "a@x.example"})

    assert said.status_code == 422
    assert said.json()["problem"] == "1 file is not kept any more. Choose it again."


def test_a_copy_begins_with_everything_and_is_saved_by_save(megan):
    row = factories.template(
        name="Closed", languages={"de": {"html": "<p>Hallo</p>"}}, layout=factories.layout()
    )
    factories.template_file(row, "terms.txt", b"terms")

    page = megan.get(f"{LIST}add/?copy={row.pk}")

    text = text_of(page)
    assert 'value="Closed (copy)"' in text
    assert "&lt;p&gt;Hallo&lt;/p&gt;" in text
    assert "terms.txt" in text
    assert EmailTemplate.objects.count() == 1
    saved = megan.post(
        f"{LIST}add/?copy={row.pk}",
        TYPED | WITH_FILE | {
            "name": "Closed (copy)", "files-TOTAL_FORMS": "2", "files-0-kept": kept_of(page),
            "language_codes": "de", "html_de": "<p>Hallo</p>", "layout": row.layout_id,
        },
    )  # fmt: skip
    assert saved.status_code == 302, text_of(saved)
    copy = EmailTemplate.objects.get(name="Closed (copy)")
    assert factories.content_of(copy.files.get()) == b"terms"
    assert (copy.layout, copy.languages["de"]["html"]) == (row.layout, "<p>Hallo</p>")


@pytest.mark.parametrize("number", ["x", "0", "999999999999999999999", "-1"])
def test_a_copy_of_nothing_is_an_empty_form(megan, number):
    assert megan.get(f"{LIST}add/?copy={number}").status_code == 200


def test_the_list_tells_who_changed_what_and_asks_as_much_for_many_rows(megan):
    megan.post(f"{LIST}add/", TYPED | NO_FILES)
    with CaptureQueriesContext(connection) as few:
        megan.get(LIST)
    for _ in range(12):
        factories.template()

    with CaptureQueriesContext(connection) as many:
        text = text_of(megan.get(LIST))

    row = EmailTemplate.objects.get(name="Closed")
    assert len(many) <= len(few)
    assert "megan" in text
    assert "Never" in text
    assert f'href="{LIST}{row.pk}/run/"' in text
    assert f'href="{LIST}add/?copy={row.pk}"' in text
