"""The page with the setup checklist."""

import json

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from notifications.models import Alarm, MicrosoftAccount
from notifications.models.alarms.alarm import AlarmCode
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
    assert "Not run yet." in text_of(response)
    assert emulator.control("GET", "stats").json()["token_requests"] == 0
    assert emulator.control("GET", "stats").json().get("requests", {}) in ({}, [])


def test_check_everything_asks_microsoft(megan, connected):
    page = text_of(megan.client.post(URL))

    assert "Not run yet." not in page
    assert "The certificates are trusted." in page
    assert "servicedesk@contoso.example" in page


def steps_of(response):
    return [json.loads(line) for line in b"".join(response.streaming_content).splitlines()]


def test_the_progress_of_the_check_is_told_and_the_next_page_has_its_result(megan, connected):
    response = megan.client.post(URL, headers={"accept": "application/x-ndjson"})

    told = steps_of(response)
    assert [step["done"] for step in told] == [0, 1, 2, 3]
    assert {step["of"] for step in told} == {4}
    assert told[-1]["doing"] == "Opening the mailbox"
    assert "The certificates are trusted." in text_of(megan.client.get(URL))
    assert "Not run yet." in text_of(megan.client.get(URL))  # shown once


def test_what_failed_comes_first_and_leads_to_its_fix(megan, unconnected):
    MicrosoftAccount.objects.update(state="blocked", last_error_code="AADSTS53003")

    page = text_of(megan.client.get(URL))

    titles = [page.index(f'aria-label="{name}"') for name in ("Failed", "Here", "Microsoft")]
    assert titles == sorted(titles)
    failed = page[titles[0] : titles[1]]
    assert 'id="credential"' in failed
    assert 'href="/settings/email/#account"' in failed
    assert page.count('id="credential"') == 1


def test_a_good_check_ends_the_alarm_of_a_lost_sign_in(megan, connected):
    MicrosoftAccount.objects.update(state="sign_in_required")
    Alarm.objects.create(code=AlarmCode.SIGN_IN_REQUIRED, raised_at=timezone.now())

    megan.client.post(URL)

    assert not Alarm.objects.standing().filter(code=AlarmCode.SIGN_IN_REQUIRED).exists()


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
