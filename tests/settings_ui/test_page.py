"""SettingsPage: what a request works on, what counts as unsaved, and how it is answered."""

import pytest
from django.db import connection as database
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from notifications import vault
from notifications.models import EmailSettings, SignInDraft
from settings_ui.settings_page import SettingsPage
from tests import factories
from tests.settings_ui.conftest import URL

pytestmark = pytest.mark.django_db


@pytest.fixture
def page_of(megan):
    """A page as the views make it, after a Save; without a form it is a GET."""
    megan.save()
    user = factories.user("alex")

    def made(form=None, address=URL):
        factory = RequestFactory(headers={"host": "localhost:8000"})
        request = factory.get(address) if form is None else factory.post(address, form)
        request.user, request.session = user, {}
        return SettingsPage(request)

    return made


@pytest.fixture
def form(megan):
    """Makes the form as the browser would send it after a Save: the secret is not in it."""
    return lambda **changes: megan.form(**{"client_secret": "", **changes})


def test_a_page_that_is_opened_has_the_saved_values_and_no_secret(page_of):
    page = page_of()

    assert page.form["messages_a_minute"].value() == 30
    assert not page.form["client_secret"].value()
    assert not page.has_unsaved


@pytest.mark.parametrize(
    ("changes", "has_unsaved"),
    [
        ({}, False),
        ({"charset": "koi8-r"}, True),
        ({"client_secret": "another~secret"}, True),
        ({"from_address": "nonsense"}, True),
    ],
)
def test_what_save_would_change_is_unsaved(page_of, form, changes, has_unsaved):
    assert page_of(form(**changes)).has_unsaved == has_unsaved


def test_an_action_connects_with_what_is_typed_and_the_panel_tells_what_is_saved(page_of, form):
    page = page_of(form(tenant_id="fabrikam.example", api="ews"))

    assert page.connection.values.tenant_id == "fabrikam.example"
    assert page.connection.values.client_secret == EmailSettings.objects.get().client_secret
    assert page.state.connection.values.tenant_id != "fabrikam.example"


def test_back_leads_to_the_bare_page_where_nothing_is_unsaved(page_of, form):
    page = page_of(form())

    response = page.back(anchor="account", note={"text": "Done"})

    assert response.url == f"{URL}#account"
    assert page.request.session == {"settings_outcome": {"note": {"text": "Done"}}}
    assert not SignInDraft.objects.exists()


def test_back_brings_what_was_typed_and_says_that_it_is_unsaved(page_of, form):
    response = page_of(form(charset="koi8-r", client_secret="another~secret")).back()

    page = page_of(address=response.url)
    assert page.form["charset"].value() == "koi8-r"
    assert vault.unseal(page.state.stored.client_secret, "client_secret") == "another~secret"
    assert page.has_unsaved


def test_a_kept_form_without_changes_is_not_unsaved(page_of, form):
    draft = page_of(form()).keep_form()

    assert not page_of(address=f"{URL}?draft={draft.pk}").has_unsaved


def test_the_settings_are_read_once_for_an_action(page_of, form):
    changed = form(charset="koi8-r")

    with CaptureQueriesContext(database) as asked:
        page_of(changed).back()

    read = [q for q in asked.captured_queries if 'FROM "notifications_emailsettings"' in q["sql"]]
    assert len(read) == 1


@pytest.mark.parametrize("action", ["", "check/", "sign-in/"])
def test_a_secret_that_was_typed_is_kept_where_the_form_is_refused(megan, action):
    form = megan.form(tenant_id="../evil", client_secret="typed~secret")

    response = megan.client.post(f"{URL}{action}", form)

    assert response.status_code == 422
    assert "Entered, not saved yet." in response.content.decode()
    assert "typed~secret" not in response.content.decode()
