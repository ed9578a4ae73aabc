"""E-mail > Settings: who may do what, and what the browser is allowed to."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from tests import factories
from tests.settings_ui.conftest import URL, Person

pytestmark = pytest.mark.django_db


def text_of(response):
    return response.content.decode()


@pytest.fixture
def auditor(db):
    user = factories.user("audrey", superuser=False)
    user.user_permissions.add(Permission.objects.get(codename="view_emailsettings"))
    return Person(user)


def test_a_person_without_permission_does_not_see_the_settings(db):
    nobody = Person(factories.user("nobody", superuser=False))

    assert nobody.client.get(URL).status_code == 403


@pytest.mark.parametrize("path", ["", "sign-in/", "test/", "check/"])
def test_an_auditor_may_look_but_not_touch(auditor, path):
    assert auditor.client.get(URL).status_code == 200

    response = auditor.client.post(f"{URL}{path}", auditor.form())

    assert response.status_code == 403


@pytest.mark.parametrize("path", ["sign-in/", "test/", "check/"])
def test_what_changes_something_is_a_post_and_a_get_leads_to_the_page(megan, path):
    response = megan.client.get(f"{URL}{path}")

    assert (response.status_code, response.url) == (302, URL)


@pytest.mark.parametrize("path", ["sign-in/", "test/", "check/"])
def test_a_session_that_has_ended_leads_to_the_login_and_back(client, path):
    response = client.post(f"{URL}{path}", {"service": "none"})

    assert response.url == f"/login/?next={URL}"


def test_the_dialog_says_that_the_session_has_ended(client):
    headers = {"accept": "application/x-ndjson"}

    response = client.post(f"{URL}test/", {"send_test": "1"}, headers=headers)

    assert response.status_code == 422
    assert "You're logged out." in response.json()["settings"]


@pytest.mark.parametrize("path", [URL, "/oauth/callback?state=x", "/"])
def test_a_stranger_is_asked_to_log_in(client, path):
    response = client.get(path)

    assert response.status_code == 302
    assert response.url.startswith("/login/")


def test_a_post_from_another_site_is_refused(db):
    guarded = Client(enforce_csrf_checks=True)
    guarded.force_login(factories.user())

    assert guarded.post(URL, {}).status_code == 403


def test_the_policy_allows_no_inline_script_and_only_the_sign_in_page_as_a_target(megan, settings):
    policy = megan.client.get(URL).headers["Content-Security-Policy"]

    assert "script-src 'self' 'unsafe-eval'" in policy
    assert f"form-action 'self' {settings.EMULATOR_PAGES_URL}" in policy
    assert "frame-ancestors 'none'" in policy


def test_a_cloud_that_is_chosen_on_the_page_can_be_signed_in_to_at_once(megan, settings):
    settings.CLOUD = "page"

    policy = megan.client.get(URL).headers["Content-Security-Policy"]

    assert "https://login.chinacloudapi.cn" in policy
    assert "https://login.microsoftonline.us" in policy


def test_the_page_has_no_inline_script(megan):
    scripts = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", text_of(megan.client.get(URL)))

    assert scripts == []


def test_the_page_asks_the_database_a_constant_number_of_times(
    megan, django_assert_max_num_queries
):
    megan.save()
    for _ in range(20):
        factories.enqueue()

    with django_assert_max_num_queries(15):
        megan.client.get(URL)
