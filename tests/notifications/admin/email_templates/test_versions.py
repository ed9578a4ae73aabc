"""Versions of E-mail Notifications and layouts: their differences, and going back."""

import pytest

from notifications.models import EmailLayout, EmailTemplate
from tests import factories
from tests.notifications.admin.email_templates.test_pages import (
    LIST,
    NO_FILES,
    TYPED,
    person,
    text_of,
)

pytestmark = pytest.mark.django_db
LAYOUTS = "/notifications/emaillayout/"


def changed():
    row = factories.template(html="<p>One</p>\n<p>Same</p>", languages={"de": {"html": "Eins"}})
    row.html = "<p>Two</p>\n<p>Same</p>"
    row.languages = {"de": {"html": "Zwei"}}
    row.enabled = False
    row.save()
    return row, row.history.latest(), row.history.earliest()


def test_the_list_names_what_each_version_changed(megan):
    row, _newest, _first = changed()

    text = text_of(megan.get(f"{LIST}{row.pk}/history/"))

    assert "Enabled, HTML body, HTML body (de)" in text
    assert "Created" in text


def test_a_version_shows_its_differences(megan):
    row, newest, first = changed()

    text = text_of(megan.get(f"{LIST}{row.pk}/history/{newest.pk}/"))
    to_now = text_of(megan.get(f"{LIST}{row.pk}/history/{first.pk}/?against=now"))

    assert "<del>- &lt;p&gt;One&lt;/p&gt;</del>" in text
    assert "<ins>+ &lt;p&gt;Two&lt;/p&gt;</ins>" in text
    assert "<ins>+ Zwei</ins>" in text
    assert "<ins>+ &lt;p&gt;One&lt;/p&gt;</ins>" in to_now
    assert "Restore" in to_now


def test_a_version_is_restored_as_a_new_one(megan):
    row, _newest, first = changed()

    response = megan.post(f"{LIST}{row.pk}/history/{first.pk}/", follow=True)

    again = EmailTemplate.objects.get()
    assert (again.html, again.languages, again.enabled) == (
        "<p>One</p>\n<p>Same</p>", {"de": {"html": "Eins"}}, True,
    )  # fmt: skip
    assert "The version was restored." in text_of(response)
    assert row.history.count() == 3
    assert f"Restored from version {first.pk}" in text_of(megan.get(f"{LIST}{row.pk}/history/"))
    german = megan.get(f"{LIST}{row.pk}/history/", headers={"Accept-Language": "de"})
    assert f"Aus Version {first.pk} wiederhergestellt" in text_of(german)


def test_what_is_not_valid_any_more_is_not_restored(megan):
    row, _newest, first = changed()
    factories.template(name="Taken")
    row.history.filter(pk=first.pk).update(name="Taken")

    response = megan.post(f"{LIST}{row.pk}/history/{first.pk}/", follow=True)

    assert "The version cannot be restored" in text_of(response)
    assert EmailTemplate.objects.get(pk=row.pk).html == "<p>Two</p>\n<p>Same</p>"


def test_a_version_with_a_lost_layout_is_restored_without_it(megan):
    row = factories.template(layout=factories.layout(name="Gone"))
    first = row.history.latest()
    row.layout = None
    row.save()
    EmailLayout.objects.all().delete()

    assert "(deleted)" in text_of(megan.get(f"{LIST}{row.pk}/history/{first.pk}/?against=now"))
    megan.post(f"{LIST}{row.pk}/history/{first.pk}/")

    assert EmailTemplate.objects.get().layout is None


def test_only_who_may_change_restores():
    row, _newest, first = changed()
    client = person("view_emailtemplate")

    assert client.get(f"{LIST}{row.pk}/history/").status_code == 200
    assert "Restore" not in text_of(client.get(f"{LIST}{row.pk}/history/{first.pk}/"))
    assert client.post(f"{LIST}{row.pk}/history/{first.pk}/").status_code == 403


def test_another_rows_version_is_not_found(megan):
    row, _newest, _first = changed()
    other = factories.template().history.latest()

    assert megan.get(f"{LIST}{row.pk}/history/{other.pk}/").status_code == 404
    assert megan.get(f"{LIST}{row.pk}/history/x/").status_code == 404
    assert megan.get(f"{LIST}{row.pk + 99}/history/").status_code == 404


def test_layouts_have_versions_too(megan):
    typed = {"name": "Contoso", "html": "<h1>{{ content }}</h1>", "text": "", **NO_FILES}
    megan.post(f"{LAYOUTS}add/", typed)
    row = EmailLayout.objects.get()
    megan.post(f"{LAYOUTS}{row.pk}/change/", typed | {"html": "<h2>{{ content }}</h2>"})

    text = text_of(megan.get(f"{LAYOUTS}{row.pk}/history/{row.history.latest().pk}/"))
    megan.post(f"{LAYOUTS}{row.pk}/history/{row.history.earliest().pk}/")

    assert "<del>- &lt;h1&gt;" in text
    assert EmailLayout.objects.get().html == "<h1>{{ content }}</h1>"


def test_a_layout_is_shown_before_it_is_saved_and_told_what_is_wrong(megan):
    shown = megan.post(f"{LAYOUTS}unsaved/", {"html": "<h1>A</h1>{{ content }}", "text": ""}).json()
    wrong = megan.post(f"{LAYOUTS}unsaved/", {"html": "\n{% load x %}{{ content }}"}).json()
    saved = megan.post(f"{LAYOUTS}add/", {"name": "A", "html": "nothing", **NO_FILES})

    assert shown["html"].startswith("<h1>A</h1><p>")
    assert [(m["field"], m["line"]) for m in wrong["marks"]] == [("html", 2)]
    assert "Write {{ content }} where the message is to be." in text_of(saved)


def test_a_template_is_put_into_a_layout_on_its_form(megan):
    layout = factories.layout(html="[{{ content }}]")
    megan.post(f"{LIST}add/", TYPED | NO_FILES | {"layout": layout.pk})
    page = text_of(megan.get("/notifications/emaillayout/"))
    shown = megan.post(f"{LIST}unsaved/", TYPED | {"layout": layout.pk}).json()

    assert EmailTemplate.objects.get().layout == layout
    assert "Closed" in page
    assert shown["html"] == "[<b>17</b>]"
