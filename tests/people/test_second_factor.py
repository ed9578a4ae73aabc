"""The second factor of people with a password."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.test import Client

from tests.mailconnector.steps import is_in, log_in
from tests.stored import everything_in_the_database

from . import codes

pytestmark = pytest.mark.django_db


def test_somebody_sets_up_an_app_and_sees_the_recovery_codes_once(megan):
    client = Client()
    log_in(client=client)

    first = codes.set_up(client).content.decode()
    again = client.get("/account/recovery-codes/").content.decode()

    shown = re.findall(r"^\d{8}$|(?<=>)\d{8}$", first, re.MULTILINE)
    assert len(shown) == 10
    assert not any(code in again for code in shown)
    assert "10 codes are left" in again
    assert "Authenticator app, 10 recovery codes left" in client.get("/account/").content.decode()


def test_a_wrong_code_sets_nothing_up(megan):
    client = Client()
    log_in(client=client)
    client.get("/account/second-factor/")

    response = client.post("/account/second-factor/", {"code": "000000"})

    assert response.status_code == 200
    assert not Authenticator.objects.exists()


def test_neither_keys_nor_codes_stand_in_the_database(megan):
    client = Client()
    log_in(client=client)
    page = client.get("/account/second-factor/").content.decode()
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", page)[1]
    assert secret not in everything_in_the_database()

    shown = client.post(
        "/account/second-factor/", {"code": codes.code(secret)}, follow=True
    ).content.decode()
    kept = everything_in_the_database()

    assert secret not in kept
    assert not any(code in kept for code in re.findall(r"\b\d{8}\b", shown))


def test_it_is_turned_off_with_its_recovery_codes(asked, megan):
    codes.enter(asked, codes.code())

    asked.post("/account/second-factor/off/")

    assert not Authenticator.objects.exists()
    assert is_in(Client()) is False
    assert log_in().url == "/"


def test_new_recovery_codes_replace_the_old_ones(asked, recovery):
    codes.enter(asked, codes.code())
    page = asked.post("/account/recovery-codes/new/", follow=True).content.decode()

    assert len(re.findall(r"\b\d{8}\b", page)) == 10
    client = Client()
    log_in(client=client)
    codes.enter(client, recovery[0])
    assert not is_in(client)


def test_a_lost_second_factor_is_reset_at_the_command_line(asked, megan, capsys):
    codes.enter(asked, codes.code())

    call_command("reset_second_factor", "megan")

    assert not is_in(asked)
    assert log_in().url == "/"
    with pytest.raises(CommandError, match="no second factor"):
        call_command("reset_second_factor", "megan")
    with pytest.raises(CommandError, match="no user"):
        call_command("reset_second_factor", "nobody")


def test_a_second_factor_whose_key_is_lost_lets_nobody_in_and_breaks_nothing(
    recovery, megan, settings, caplog
):
    settings.ENCRYPTION_KEYS = ["b" * 43 + "="]
    client = Client()
    log_in(client=client)

    assert codes.enter(client, codes.code()).status_code == 200
    assert not is_in(client)
    assert f"opens the second factor of user {megan.pk}." in caplog.text


def test_rotating_keys_seals_second_factors_too(recovery, megan, settings, capsys):
    old, new = settings.ENCRYPTION_KEYS[0], "b" * 43 + "="
    settings.ENCRYPTION_KEYS = [new, old]

    call_command("rotate_keys")

    settings.ENCRYPTION_KEYS = [new]
    client = Client()
    log_in(client=client)
    codes.enter(client, codes.code())
    assert is_in(client)
