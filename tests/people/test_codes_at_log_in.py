"""Logging in with a password and a code, and a log-in that waits for its code."""

import pytest
from allauth.mfa.totp.internal import auth
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

from people import links
from people.models import Session
from tests import factories
from tests.mailconnector.steps import PASSWORD, is_in, log_in

from . import codes

pytestmark = pytest.mark.django_db


def test_the_password_alone_lets_nobody_in_who_has_a_second_factor(asked):
    assert not is_in(asked)
    assert "authenticator app" in asked.get("/login/code/").content.decode()


def test_the_right_code_lets_in_and_leads_on(recovery):
    client = Client()
    client.post(
        "/login/?next=/settings/email/",
        {"username": "megan", "password": PASSWORD, "next": "/settings/email/"},
    )

    assert codes.enter(client, codes.code()).url == "/settings/email/"
    assert is_in(client)


@pytest.mark.parametrize("steps", [-1, 1])
def test_the_clock_of_a_phone_may_be_half_a_minute_wrong(asked, steps, monkeypatch):
    # No half-minute ends between the phone's look at the clock and the server's.
    good = list(auth.yield_hotp_counters_from_time())
    monkeypatch.setattr(auth, "yield_hotp_counters_from_time", lambda: iter(good))
    codes.enter(asked, codes.code(steps=steps))

    assert is_in(asked)


@pytest.mark.parametrize("steps", [-4, 4])
def test_a_code_of_another_time_is_refused(asked, steps):
    assert codes.enter(asked, codes.code(steps=steps)).status_code == 200
    assert not is_in(asked)


def test_a_code_is_good_once(asked):
    code = codes.code()
    codes.enter(asked, code)
    second = Client()
    log_in(client=second)

    response = codes.enter(second, code)

    assert "Incorrect code" in response.content.decode()
    assert not is_in(second)


def test_wrong_codes_come_to_an_end(asked):
    for _ in range(5):
        response = codes.enter(asked, codes.wrong_code())
    assert "Incorrect code" in response.content.decode()

    response = codes.enter(asked, codes.code())

    assert "Too many failed login attempts" in response.content.decode()
    assert not is_in(asked)


@pytest.mark.parametrize("code", ["", "x", "\0", "9" * 5000, "\uff11\uff12"])
def test_an_odd_code_is_refused(asked, code):
    assert codes.enter(asked, code).status_code == 200
    assert not is_in(asked)


def test_a_post_without_a_code_asks_again(asked):
    assert asked.post("/login/code/", {"credential": "x"}).url == "/login/code/"


def test_a_recovery_code_lets_in_once(recovery, megan):
    for code, lets_in in ((recovery[0], True), (recovery[0], False), (recovery[1], True)):
        client = Client()
        log_in(client=client)
        codes.enter(client, code)
        assert is_in(client) is lets_in


def test_somebody_can_leave_the_question_for_the_code(asked):
    assert asked.post("/login/cancel/").url == "/login/"

    assert asked.get("/login/").status_code == 200
    assert asked.get("/login/code/").url == "/login/"


def by_a_link(_client, user):
    assert links.set_password(
        links.user_of(links.link_for(user).partition("#")[2]), "new-1-of-hers"
    )


def by_a_reset(_client, user):
    call_command("reset_second_factor", user.username)


def by_deactivating(client, user):
    client.post(f"/auth/user/{user.pk}/deactivate/")


@pytest.mark.parametrize("end", [by_a_link, by_a_reset, by_deactivating])
def test_a_login_that_waits_for_its_code_ends_like_a_session(asked, megan, end):
    other = Client()
    other.force_login(factories.user("adele"))
    code = codes.code()

    end(other, megan)
    if not User.objects.get(pk=megan.pk).is_active:
        other.post(f"/auth/user/{megan.pk}/activate/")

    assert asked.get("/login/code/").url == "/login/"
    codes.enter(asked, code)
    assert not is_in(asked)


@pytest.mark.parametrize("pk", [9, 10, 35, 36, 12_345])
def test_a_login_that_waits_for_its_code_is_that_of_its_user(db, pk):
    """allauth writes their number in a way of its own."""
    user = User(pk=pk, username="olga", is_staff=True)
    user.set_password(PASSWORD)
    user.save()
    codes.give_app(user)

    assert log_in("olga").url == "/login/code/"

    assert Session.objects.filter(user=user).count() == 1


def test_a_login_that_waits_for_its_code_is_not_listed_and_ends_with_the_others(asked, megan):
    here = Client()
    here.force_login(megan)

    page = here.get("/account/").content.decode()
    assert "This session" in page
    assert "End session" not in page
    here.post("/account/sessions/end/")

    assert asked.get("/login/code/").url == "/login/"
