"""Proving again at Microsoft who one is."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from people.models import Session

from .steps import ADMINISTRATOR, OPERATOR, answered, begin, choose, refusal, sign_in

pytestmark = pytest.mark.django_db


def grow_old(client):
    Session.objects.update(proved_at=timezone.now() - timedelta(minutes=11))


def test_keys_and_people_ask_for_the_password_again_at_microsoft(client, settings):
    sign_in(client, ADMINISTRATOR)
    assert client.get("/auth/user/add/").status_code == 200
    grow_old(client)

    response = client.get("/auth/user/add/")
    assert response.url == "/login/again/?next=%2Fauth%2Fuser%2Fadd%2F"
    page = client.get(response.url)
    assert "Sign in with Microsoft" in page.content.decode()
    origin = settings.OIDC_ISSUER.partition("/7a1c9c1e")[0]
    assert origin in page.headers["Content-Security-Policy"]
    asked = begin(client, target="/auth/user/add/", again="1")

    assert parse_qs(urlsplit(asked).query)["prompt"] == ["login"]
    assert parse_qs(urlsplit(asked).query)["max_age"] == ["0"]
    assert client.get(choose(asked, ADMINISTRATOR)).url == "/auth/user/add/"
    assert client.get("/auth/user/add/").status_code == 200


def test_somebody_else_does_not_prove_it(client):
    sign_in(client, ADMINISTRATOR)

    text = refusal(sign_in(client, OPERATOR, again="1"))

    assert "somebody else" in text


@pytest.mark.parametrize(
    ("auth_time", "words"),
    [
        (None, "optional claim auth_time"),
        (1_000_000, "has not asked for your password again"),
        (9_999_999_999, "has not asked for your password again"),
        ("yesterday", "optional claim auth_time"),
    ],
)
def test_without_a_fresh_auth_time_nothing_is_proved(client, emulator, auth_time, words):
    assert answered(client, emulator, auth_time=auth_time).url == "/"
    answer = answered(client, emulator, again="1", auth_time=auth_time)

    assert words in refusal(answer)
    assert client.get("/auth/user/add/").status_code == 302
