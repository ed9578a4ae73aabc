"""While somebody works, the sign-in service is asked after them."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from notifications.models import Alarm
from people.microsoft import renewal
from tests.mailconnector.steps import is_in

from . import steps
from .steps import OPERATOR, pass_time, sign_in

pytestmark = pytest.mark.django_db


def token_requests(emulator):
    return (
        emulator.control("GET", "stats").json()["token_requests_by_grant"].get("refresh_token", 0)
    )


def test_the_sign_in_service_is_asked_every_15_minutes_while_somebody_works(client, emulator):
    sign_in(client, OPERATOR)
    before = token_requests(emulator)
    assert is_in(client)
    assert token_requests(emulator) == before
    token = client.session["microsoft"]["token"]

    pass_time(client, minutes=16)
    assert is_in(client)
    assert is_in(client)

    assert token_requests(emulator) == before + 1
    assert client.session["microsoft"]["token"] != token


def test_one_of_several_requests_at_a_time_asks(client, emulator, monkeypatch):
    """Another tab's request comes while this one's is under way: the token is redeemed once."""
    sign_in(client, OPERATOR)
    pass_time(client, minutes=16)
    redeemed, redeem = [], renewal._redeem

    def slow(token):
        redeemed.append(token)
        if len(redeemed) == 1:
            assert is_in(client)
        return redeem(token)

    monkeypatch.setattr(renewal, "_redeem", slow)

    assert is_in(client)
    assert is_in(client)
    assert len(redeemed) == 1
    pass_time(client, minutes=16)
    assert is_in(client)
    assert len(redeemed) == 2


def test_an_answer_without_an_id_token_confirms_nothing(client, emulator, monkeypatch, caplog):
    sign_in(client, OPERATOR)
    monkeypatch.setattr(renewal, "_redeem", lambda _token: {"access_token": "x"})

    pass_time(client, hours=3, minutes=50)
    assert is_in(client)
    assert "no ID token" in caplog.text
    pass_time(client, minutes=16)

    assert not is_in(client)


def test_why_nobody_is_confirmed_stands_in_the_log(client, emulator, settings, caplog):
    sign_in(client, OPERATOR)
    settings.OIDC_CLIENT_SECRET = "expired"

    pass_time(client, minutes=16)
    assert is_in(client)

    assert "has not confirmed somebody: application" in caplog.text


def test_somebody_who_was_removed_is_out_within_15_minutes(client, emulator):
    sign_in(client, OPERATOR)
    emulator.fault(kind="token-revoked", mailbox=OPERATOR)
    assert is_in(client)

    pass_time(client, minutes=16)
    response = client.get("/", follow=True)

    assert "Your sign-in with Microsoft has ended. Sign in again." in response.content.decode()
    assert not is_in(client)


def test_somebody_who_has_lost_their_role_is_out_within_15_minutes_everywhere(client, emulator):
    elsewhere = Client()
    sign_in(client, OPERATOR)
    sign_in(elsewhere, OPERATOR)
    steps.assign(emulator, OPERATOR)

    pass_time(client, minutes=16)

    assert not is_in(client)
    assert not is_in(elsewhere)
    assert not User.objects.get().groups.exists()


def test_another_role_counts_within_15_minutes(client, emulator):
    sign_in(client, OPERATOR)
    steps.assign(emulator, OPERATOR, "Auditor")

    pass_time(client, minutes=16)
    client.get("/")

    assert [group.name for group in User.objects.get().groups.all()] == ["Auditor"]


def test_while_the_sign_in_service_is_away_people_go_on_for_four_hours(client, emulator):
    sign_in(client, OPERATOR)
    emulator.fault(path="*/token", drop="before")

    pass_time(client, hours=3, minutes=50)
    assert is_in(client)
    pass_time(client, minutes=16)
    response = client.get("/", follow=True)

    assert "has not confirmed your sign-in for 4 hours" in response.content.decode()
    assert not is_in(client)


def test_a_secret_of_ours_that_has_expired_puts_nobody_out(client, settings):
    sign_in(client, OPERATOR)
    settings.OIDC_CLIENT_SECRET = "expired"

    pass_time(client, minutes=16)

    assert is_in(client)
    assert Alarm.objects.standing().filter(code="login_refused").exists()
