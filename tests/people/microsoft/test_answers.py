"""Answers of the sign-in service that let nobody in: each is refused in words."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from tests import factories
from tests.mailconnector.steps import is_in, log_in

from . import steps
from .steps import OPERATOR, answered, begin, choose, refusal

pytestmark = pytest.mark.django_db
ISSUER = "https://login.contoso.example/7a1c9c1e-3b5d-4e0a-9a43-c0a7050e0001/v2.0"


def test_an_answer_counts_once(client):
    path = choose(begin(client), OPERATOR)
    client.get(path)
    client.post("/logout/")

    assert "was used before" in refusal(client.get(path))
    assert not is_in(client)


def test_an_answer_counts_in_the_browser_that_asked(client):
    path = choose(begin(Client()), OPERATOR)

    assert "was not started in this browser" in refusal(client.get(path))
    assert not is_in(client)


@pytest.mark.parametrize("query", ["", "state=forged&code=1.x", "code=1.x", "state=", "state=a\0b"])
def test_a_forged_answer_is_refused(client, query):
    begin(client)

    assert "was not started in this browser" in refusal(
        client.get(f"/login/microsoft/callback/?{query}")
    )


def test_a_state_with_a_forged_code_is_refused(client):
    state = parse_qs(urlsplit(begin(client)).query)["state"][0]

    refusal(client.get(f"/login/microsoft/callback/?state={state}&code=1.forged"))

    assert not is_in(client)


def test_a_sign_in_that_was_cancelled_is_told_so(client):
    state = parse_qs(urlsplit(begin(client)).query)["state"][0]
    answer = f"state={state}&error=access_denied&error_description=AADSTS65004"

    text = refusal(client.get(f"/login/microsoft/callback/?{answer}"))

    assert "The sign-in was cancelled at Microsoft." in text


def test_what_microsoft_refuses_is_shown_with_its_words(client):
    state = parse_qs(urlsplit(begin(client)).query)["state"][0]
    said = "error=server_error&error_description=AADSTS50105%3A+not+assigned+%3Cscript%3E"

    text = refusal(client.get(f"/login/microsoft/callback/?state={state}&{said}"))

    assert "AADSTS50105: not assigned &lt;script&gt;" in text


def test_the_answers_of_these_tests_would_let_in(client, emulator):
    assert answered(client, emulator).url == "/"


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"iss": ISSUER}, "another tenant or another sign-in service"),
        ({"iss": "https://evil.example/v2.0"}, "another tenant or another sign-in service"),
        ({"aud": "somebody-elses"}, "made for another application"),
        ({"exp": 1_000_000}, "a clock is wrong"),
        ({"nonce": "another"}, "was not started in this browser"),
        ({"nonce": None}, "was not started in this browser"),
        ({"tid": None}, "does not say who you are"),
        ({"oid": None}, "does not say who you are"),
        ({"oid": "0f0f0f0f-0000-4000-8000-00000000000"}, "does not say who you are"),
        ({"tid": "sub", "oid": "x" * 200}, "does not say who you are"),
        ({"oid": ["x"]}, "does not say who you are"),
        ({"tid": None, "oid": None, "sub": None}, "does not say who you are"),
        ({"roles": None}, "no role"),
        ({"roles": "Administrator"}, "no role"),
        ({"roles": ["administrator", None, 1]}, "no role"),
    ],
)
def test_a_token_that_is_not_for_us_is_refused(client, emulator, claims, words):
    assert words in refusal(answered(client, emulator, **claims))
    assert not is_in(client)


@pytest.mark.parametrize(
    "answer",
    [
        {"id_token": "x"}, {"id_token": 1}, {"id_token": None}, {"access_token": None},
        {"id_token": "a.b.c"}, {"expires_in": "x"}, {"status": 500}, {"status": 401},
    ],
)  # fmt: skip
def test_an_answer_that_makes_no_sense_is_no_server_error(client, emulator, answer):
    path = choose(begin(client), OPERATOR)
    steps.answer_at_the_token_endpoint(emulator, **answer)

    refusal(client.get(path))

    assert not is_in(client)


JSON = {"Content-Type": "application/json"}
ANOTHER = {
    "issuer": ISSUER, "jwks_uri": "https://login.contoso.example/keys",
    "authorization_endpoint": "https://login.contoso.example/authorize",
    "token_endpoint": "https://login.contoso.example/token",
}  # fmt: skip


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"drop": "before"}, "cannot be reached"),
        ({"status": 500, "body": "<html>"}, "makes no sense"),
        ({"status": 200, "body": "[]", "headers": JSON}, "makes no sense"),
        ({"status": 200, "body": "no json"}, "makes no sense"),
        (
            {"status": 200, "body": json.dumps(ANOTHER), "headers": JSON},
            "another tenant or another sign-in service",
        ),
    ],
)
def test_a_sign_in_service_that_cannot_be_asked_is_told_and_passwords_go_on(
    client, emulator, fault, words
):
    emulator.fault(path="*/.well-known/*", **fault)

    assert words in refusal(client.post("/login/microsoft/", {"next": "/"}))

    factories.user()
    assert log_in().url == "/"


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
def test_an_address_without_https_is_refused_by_its_name(client, emulator, settings, name):
    answer = {**ANOTHER, "issuer": settings.OIDC_ISSUER, name: "http://login.contoso.example/x"}
    emulator.fault(path="*/.well-known/*", status=200, body=json.dumps(answer), headers=JSON)

    text = refusal(client.post("/login/microsoft/", {"next": "/"}))

    assert "an address without https" in text
    assert name in text


def test_an_address_that_is_none_makes_no_sense(client, emulator, settings):
    answer = {**ANOTHER, "issuer": settings.OIDC_ISSUER, "token_endpoint": "https://[x"}
    emulator.fault(path="*/.well-known/*", status=200, body=json.dumps(answer), headers=JSON)

    assert "makes no sense" in refusal(client.post("/login/microsoft/", {"next": "/"}))
