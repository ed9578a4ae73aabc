"""Logging in: wrong passwords, and where a request comes from."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from axes.models import AccessAttempt
from django.core.management import call_command
from django.test import Client, RequestFactory
from django.utils import timezone

from mailconnector import env
from mailconnector.login import client_address
from tests import factories

from .steps import log_in

pytestmark = pytest.mark.django_db


def fail(times, **options):
    for _ in range(times):
        response = log_in(**{"password": "wrong"} | options)
    return response


@pytest.fixture
def trust(settings, monkeypatch):
    """Set MAILCONNECTOR_TRUSTED_PROXIES."""

    def set_to(value):
        monkeypatch.setenv("PROXIES", value)
        settings.TRUSTED_PROXIES = env.networks("PROXIES")

    return set_to


def is_in(response):
    return response.status_code == 302 and response.url == "/"


def test_after_five_wrong_passwords_one_waits_and_is_told_how_long(megan):
    assert fail(4).status_code == 200

    response = fail(1)

    assert response.status_code == 429
    text = response.content.decode()
    assert "Too many wrong passwords. Try again in 15 minutes." in text
    assert 'id="login-form"' in text
    assert 0 < int(response.headers["Retry-After"]) <= 900
    assert log_in().status_code == 429  # the right one does not help now


def test_the_wait_ends_and_is_not_made_longer_by_trying(megan):
    fail(5)
    fail(3)
    assert AccessAttempt.objects.get().failures_since_start == 5
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=14))
    assert "Try again in 1 minute." in log_in().content.decode()

    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))

    assert is_in(log_in())


def test_a_login_ends_the_counting(megan):
    fail(4)
    assert is_in(log_in())

    assert fail(4).status_code == 200


def test_colleagues_behind_the_same_address_are_not_locked_out(megan):
    factories.user("adele")
    fail(5)

    assert is_in(log_in("adele"))


def test_a_person_can_log_in_while_somebody_elsewhere_guesses_their_password(megan):
    fail(5, address="198.51.100.7")

    assert is_in(log_in(address="192.0.2.1"))


def test_another_browser_does_not_start_the_counting_anew(megan):
    for i in range(5):
        response = fail(1, headers={"user-agent": f"Browser {i}"})

    assert response.status_code == 429


def test_guessing_one_password_from_many_addresses_comes_to_an_end(megan):
    for i in range(10):
        response = fail(5, address=f"198.51.100.{i}")

    assert response.status_code == 429
    assert log_in(address="203.0.113.1").status_code == 429


def test_trying_one_password_for_many_names_comes_to_an_end(megan):
    for i in range(100):
        fail(1, name=f"user{i}")

    assert log_in().status_code == 429


def test_a_name_that_does_not_exist_is_answered_like_one_that_does(megan):
    def answers(name):
        texts = [fail(1, name=name).content.decode() for _ in range(5)]
        shown = [text.partition('id="login-form"')[0] for text in texts]
        return [re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text) for text in shown]

    assert answers("nobody") == answers("megan")


def test_an_administrator_ends_the_wait_at_the_command_line(megan, capsys):
    fail(5)

    call_command("axes_reset")

    assert is_in(log_in())


def test_no_password_is_kept_or_logged(megan, caplog):
    fail(5, password="Secret-That-Was-Typed")

    kept = str(list(AccessAttempt.objects.values()))
    assert "Secret-That-Was-Typed" not in kept + caplog.text
    assert "megan" in kept


def test_a_password_typed_as_the_name_is_neither_kept_nor_logged(megan, caplog):
    with caplog.at_level("DEBUG"):
        for _ in range(6):
            log_in("Secret-That-Was-Typed")

    assert AccessAttempt.objects.get().failures_since_start == 5
    assert "Secret-That-Was-Typed" not in str(list(AccessAttempt.objects.values())) + caplog.text


def test_an_administrator_ends_the_wait_of_one_user(megan):
    fail(5)

    call_command("axes_reset_username", "megan")

    assert is_in(log_in())


@pytest.mark.parametrize("name", ["a\0b", "x" * 5000, "'; DROP TABLE", "\ud83d", ""])
def test_odd_names_are_refused_and_break_nothing(megan, name):
    typed = urlencode({"username": name, "password": "wrong"}, errors="surrogatepass")

    response = Client().post("/login/", typed, "application/x-www-form-urlencoded")

    assert response.status_code == 200
    assert all(len(row.username) <= 150 for row in AccessAttempt.objects.all())


# Where a request comes from


@pytest.mark.parametrize(
    ("trusted", "remote", "forwarded", "expected"),
    [
        ("", "192.0.2.1", "", "192.0.2.1"),
        ("", "192.0.2.1", "10.9.9.9", "192.0.2.1"),
        ("127.0.0.1", "192.0.2.1", "10.9.9.9", "192.0.2.1"),
        ("127.0.0.1", "127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "127.0.0.1", "192.0.2.1", "192.0.2.1"),
        # What the client wrote itself stands first.
        ("127.0.0.1", "127.0.0.1", "10.9.9.9, 192.0.2.1", "192.0.2.1"),
        ("127.0.0.1,10.0.0.0/8", "127.0.0.1", "1.1.1.1, 192.0.2.1, 10.0.0.3", "192.0.2.1"),
        ("127.0.0.1", "127.0.0.1", "192.0.2.1:50123", "192.0.2.1"),
        ("127.0.0.1", "127.0.0.1", "nonsense", "127.0.0.1"),
        ("127.0.0.1", "127.0.0.1", "[2001:db8:1:2:3:4:5:6]:443", "2001:db8:1:2::"),
        ("", "2001:db8:1:2:ffff::9", "", "2001:db8:1:2::"),
        ("", "::ffff:192.0.2.1", "", "192.0.2.1"),
        ("", "", "", None),
    ],
)
def test_an_address_is_believed_only_from_our_own_proxies(
    trust, trusted, remote, forwarded, expected
):
    trust(trusted)
    request = RequestFactory().get("/", REMOTE_ADDR=remote, HTTP_X_FORWARDED_FOR=forwarded)

    assert client_address(request) == expected


def test_a_forged_header_does_not_start_the_counting_anew(megan):
    for i in range(5):
        response = fail(1, headers={"x-forwarded-for": f"10.0.0.{i}"})

    assert response.status_code == 429


def test_behind_a_proxy_its_clients_are_counted_apart(megan, trust):
    trust("127.0.0.1")
    fail(5, address="127.0.0.1", headers={"x-forwarded-for": "198.51.100.7"})

    assert is_in(log_in(address="127.0.0.1", headers={"x-forwarded-for": "192.0.2.1"}))
