"""Two people edit the same row: the second Save does not undo the first unseen."""

import re

import pytest
from django.test import Client

from tests import factories
from tests.notifications.admin.email_templates.steps import LIST, NO_FILES, TYPED, text_of

pytestmark = pytest.mark.django_db
LAYOUT = {"name": "Contoso", "html": "<h1>{{ content }}</h1>", "text": ""}
KINDS = {
    "template": (factories.template, LIST, TYPED),
    "layout": (factories.layout, "/notifications/emaillayout/", LAYOUT),
}


@pytest.fixture
def alex():
    client = Client()
    client.force_login(factories.user("alex"))
    return client


def number_in(page):
    found = re.findall(r'name="opened_version" value="(\d+)"', text_of(page))
    assert len(found) == 1, "the page carries the version"
    return found[0]


def opened(client, kind):
    """Return the row, the address of its form, and the form as the page makes it."""
    make, place, typed = KINDS[kind]
    row = make()
    url = f"{place}{row.pk}/change/"
    return row, url, typed | NO_FILES | {"opened_version": number_in(client.get(url))}


@pytest.mark.parametrize("kind", KINDS)
def test_the_second_save_is_refused_once_and_tells_of_the_first(kind, megan, alex):
    row, url, form = opened(megan, kind)
    alex.post(url, form | {"name": "By Alex"})

    refused = megan.post(url, form | {"name": "By Megan"})

    text = text_of(refused)
    row.refresh_from_db()
    assert (refused.status_code, row.name) == (422, "By Alex")
    assert "alex saved this at" in text
    assert f'href="{url.replace("change", "history")}"' in text
    assert 'value="By Megan"' in text, "what was typed stays"
    again = megan.post(url, form | {"name": "By Megan", "opened_version": number_in(refused)})
    row.refresh_from_db()
    assert (again.status_code, row.name) == (302, "By Megan")


def test_a_language_that_somebody_added_meanwhile_is_not_lost(megan, alex):
    row, url, form = opened(megan, "template")
    alex.post(url, form | {"language_codes": "de", "html_de": "<p>Hallo</p>"})

    megan.post(url, form)

    row.refresh_from_db()
    assert list(row.languages) == ["de"]


@pytest.mark.parametrize("button", [{"_preview": "1"}, {"_add_language": "1"}, {"to": "nobody"}])
def test_an_answer_that_tells_nothing_of_it_keeps_the_version(button, megan, alex):
    row, url, form = opened(megan, "template")
    if "to" not in button:
        alex.post(url, form)

    shown = megan.post(url, form | button)

    assert "saved this at" not in text_of(shown)
    assert number_in(shown) == form["opened_version"]
    alex.post(url, form | {"opened_version": str(row.history.latest().pk), "name": "By Alex"})
    assert "saved this at" in text_of(megan.post(url, form))


def test_who_saves_alone_is_never_asked(megan):
    row, url, form = opened(megan, "template")

    first = megan.post(url, form)
    next_form = form | {"opened_version": number_in(megan.get(url))}

    assert first.status_code == megan.post(url, next_form).status_code == 302
    assert row.history.count() == 3


def test_a_new_row_has_no_version(megan):
    page = megan.get(f"{LIST}add/")

    assert "opened_version" not in text_of(page)
    assert megan.post(f"{LIST}add/", TYPED | NO_FILES | {"opened_version": "7"}).status_code == 302
