"""Emergency accounts: the way in that is left when passwords are switched off."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from notifications.alarms import watch
from notifications.models import Alarm, Callback
from tests import factories
from tests.mailconnector.steps import log_in

pytestmark = pytest.mark.django_db
HERE = "127.0.0.1"


@pytest.fixture(autouse=True)
def passwords_are_off(settings):
    settings.PASSWORD_LOGIN = False


def fail(times, **options):
    for _ in range(times):
        response = log_in(password="wrong", **options)
    return response


def test_passwords_count_for_emergency_accounts_only(megan):
    factories.user("adele", superuser=False)

    refused = log_in("adele").content.decode()

    assert "Only emergency accounts log in with a password here." in refused
    assert log_in().url == "/"


def test_the_page_offers_it_without_the_internet(megan):
    page = Client().get("/login/").content.decode()

    assert "Emergency account" in page
    assert "Sign in with Microsoft" in page
    assert "https://" not in page


def test_each_login_is_an_alarm_on_every_channel(megan):
    channel = factories.alarm_channel()
    channel.left_out = ["emergency_login"]
    channel.save()

    log_in()
    log_in()

    assert Callback.objects.filter(channel=channel, event="alarm.raised").count() == 2
    assert Alarm.objects.standing().get().code == "emergency_login"
    watch.watch(now=timezone.now())
    assert Alarm.objects.standing().filter(code="emergency_login").exists()


def test_while_passwords_count_a_login_is_no_alarm(megan, settings):
    settings.PASSWORD_LOGIN = True

    log_in()

    assert not Alarm.objects.exists()


def test_strangers_cannot_keep_it_from_whoever_sits_at_this_machine(megan):
    for n in range(10):
        fail(5, address=f"198.51.100.{n}")
    fail(5, address=HERE)

    assert log_in(address="198.51.100.1").status_code == 429
    assert log_in(address=HERE).url == "/"


@pytest.mark.parametrize("header", ["x-forwarded-for", "x-forwarded-proto", "forwarded", "via"])
def test_a_proxy_on_this_machine_is_not_somebody_who_sits_at_it(megan, header):
    fail(5, address=HERE, headers={header: "198.51.100.1"})

    assert log_in(address=HERE, headers={header: "198.51.100.1"}).status_code == 429


def test_other_accounts_are_counted_here_as_well(megan):
    User.objects.update(is_superuser=False)

    assert fail(5, address=HERE).status_code == 429
