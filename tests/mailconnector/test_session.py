"""Where a login leads, how long it lasts, and one's own new password."""

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.test import Client

from people.models import Session
from people.models.session import digest

from .steps import PASSWORD, log_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/", "//evil.example", "///evil.example", "/\\evil.example",
        "javascript:alert(1)", "https:evil.example", "http://testserver@evil.example/",
        "\thttps://evil.example", "data:text/html,x",
    ],
)  # fmt: skip
def test_a_login_leads_nowhere_else(megan, target):
    client = Client()
    asked = client.post(
        "/login/", {"username": "megan", "password": PASSWORD, "next": target}, follow=False
    )

    assert asked.url == "/"
    # Somebody who is logged in is led on at once.
    assert client.get("/login/", {"next": target}).url == "/"


def test_a_login_leads_back_to_the_page_that_asked_for_it(megan):
    response = Client().post(
        "/login/?next=/settings/email/",
        {"username": "megan", "password": PASSWORD, "next": "/settings/email/"},
    )

    assert response.url == "/settings/email/"


def test_a_login_makes_a_new_session(megan):
    client = Client()
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    before = session.session_key

    log_in(client=client)

    assert client.cookies["mailconnector_session"].value != before
    assert not Session.objects.filter(session_key=digest(before)).exists()


def test_the_sessions_cookie_cannot_be_read_by_scripts_and_ends(megan):
    cookie = log_in().cookies["mailconnector_session"]

    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == 12 * 3600


def test_a_new_password_ends_the_other_sessions(megan):
    here, elsewhere = Client(), Client()
    log_in(client=here)
    log_in(client=elsewhere)
    new = "another long password"

    here.post(
        "/password_change/",
        {"old_password": PASSWORD, "new_password1": new, "new_password2": new},
    )

    assert here.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 302


@pytest.mark.parametrize(
    "password", ["short-Pw-11", "123456789012345", "password1234", "megan-megan"]
)
def test_weak_passwords_are_refused(megan, password):
    client = Client()
    log_in(client=client)

    response = client.post(
        "/password_change/",
        {"old_password": PASSWORD, "new_password1": password, "new_password2": password},
    )

    assert response.status_code == 200
    assert User.objects.get().check_password(PASSWORD)


def test_a_link_cannot_log_somebody_out(megan):
    client = Client()
    log_in(client=client)

    assert client.get("/logout/").status_code == 405
    assert client.get("/").status_code == 200
    client.post("/logout/")
    assert client.get("/").status_code == 302


def test_another_site_can_neither_log_in_nor_out(megan):
    client = Client(enforce_csrf_checks=True)

    assert log_in(client=client).status_code == 403
    client.force_login(megan)
    assert client.post("/logout/").status_code == 403


def change(client, old, *, new="another-passphrase-4"):
    typed = {"old_password": old, "new_password1": new, "new_password2": new}
    return client.post("/password_change/", typed, REMOTE_ADDR="192.0.2.1")


def test_a_stolen_session_cannot_guess_the_password(megan):
    client = Client()
    client.force_login(megan)

    statuses = [change(client, f"wrong {n}").status_code for n in range(5)]
    refused = change(client, PASSWORD)

    assert statuses == [200, 200, 200, 200, 429]
    assert refused.status_code == 429
    assert client.get("/").url.startswith("/login/")
    megan.refresh_from_db()
    assert megan.check_password(PASSWORD)
    assert log_in().status_code == 429  # the limits are those of a login


def test_a_wrong_old_password_is_counted_and_not_kept(megan):
    client = Client()
    client.force_login(megan)

    assert change(client, "nearly-right").status_code == 200
    assert change(client, PASSWORD).status_code == 302

    attempt = AccessAttempt.objects.get()
    assert attempt.failures_since_start == 1
    for secret in ("nearly-right", "another-passphrase-4"):
        assert secret not in attempt.post_data
