"""The page with the setup checklist."""

import pytest
from django.contrib.auth.models import Permission

from tests import factories
from tests.settings_ui.conftest import Person

pytestmark = pytest.mark.django_db
URL = "/settings/email/checklist/"


def text_of(response):
    return response.content.decode()


def test_opening_the_page_does_not_call_microsoft(megan, connected, emulator):
    emulator.reset()

    response = megan.client.get(URL)

    assert response.status_code == 200
    assert "Microsoft was not asked yet." in text_of(response)
    assert emulator.control("GET", "stats").json()["token_requests"] == 0
    assert emulator.control("GET", "stats").json().get("requests", {}) in ({}, [])


def test_check_everything_asks_microsoft(megan, connected):
    page = text_of(megan.client.post(URL))

    assert "Microsoft was not asked yet." not in page
    assert "The certificates are trusted." in page
    assert "servicedesk@contoso.example" in page


def test_the_host_that_the_browser_uses_is_compared(megan):
    page = text_of(megan.client.get(URL, headers={"host": "127.0.0.1:8000"}))

    assert "but this page was opened at 127.0.0.1:8000" in page


def test_an_auditor_may_look_but_not_ask(db):
    user = factories.user("audrey", superuser=False)
    user.user_permissions.add(Permission.objects.get(codename="view_emailsettings"))
    auditor = Person(user)

    page = auditor.client.get(URL)

    assert page.status_code == 200
    assert "Check everything</button>" not in text_of(page)
    assert auditor.client.post(URL).status_code == 403


def test_nobody_else_sees_it(db, client):
    assert Person(factories.user("n", superuser=False)).client.get(URL).status_code == 403
    assert client.get(URL).url.startswith("/login/")


def test_settings_and_obstacles_lead_to_it(megan):
    assert URL in text_of(megan.client.get("/settings/email/"))
    assert URL in text_of(megan.client.get("/"))
