"""Sign-ins that are refused, as the person sees it in a browser: each in its own words, and nobody
is in afterwards. Further kinds of them are tried in tests/people/, without a browser."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from playwright.sync_api import expect

from notifications.backends.microsoft.clouds import PRACTICE_TENANT_ID
from tests.people.microsoft.steps import token_of
from tests.waiting import PATIENCE

CALLBACK = "/login/microsoft/callback/"
ALEX = "alex@contoso.example"
JSON = {"Content-Type": "application/json"}
FOREIGN_TENANT = "11111111-2222-4333-8444-555555555555"


@pytest.fixture
def stranger(product, context):
    page = context.new_page()
    page.goto(product.url)
    yield page
    requests.delete(f"{product.mailboxes}/_emulator/faults", timeout=PATIENCE)


def begin(page):
    """Go to the sign-in service's page; return the nonce that it was asked for."""
    page.get_by_role("button", name="Sign in with Microsoft").click()
    expect(page.get_by_role("button", name=ALEX)).to_be_visible()
    return parse_qs(urlsplit(page.url).query)["nonce"][0]


def choose(page):
    page.get_by_role("button", name=ALEX).click()


def fault(product, **what):
    address = f"{product.mailboxes}/_emulator/faults"
    requests.post(address, json=what, timeout=PATIENCE).raise_for_status()


def issuer_of(product, tenant=PRACTICE_TENANT_ID):
    port = product.environment["MAILCONNECTOR_EMULATOR_HTTPS_PORT"]
    return f"https://localhost:{port}/{tenant}/v2.0"


def is_refused(page, product, words):
    expect(page.get_by_role("alert")).to_contain_text(words)
    page.goto(product.url)
    expect(page.get_by_role("button", name="Sign in with Microsoft")).to_be_visible()


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({}, "has given you no role"),
        ({"roles": ["Administrator"], "iss": "tenant"}, "another tenant or another sign-in"),
        ({"roles": ["Administrator"], "iss": "https://evil.example"}, "another sign-in service"),
        ({"roles": ["Administrator"], "aud": "another"}, "made for another application"),
        ({"roles": ["Administrator"], "exp": 1_000_000}, "a clock is wrong"),
        ({"roles": ["Administrator"], "nonce": "another"}, "was not started in this browser"),
    ],
    ids=["no role", "tenant", "mixed-up issuer", "audience", "clock", "nonce"],
)
def test_an_answer_that_lets_nobody_in(product, stranger, claims, words):
    nonce = begin(stranger)
    if claims.get("iss") == "tenant":
        claims = {**claims, "iss": issuer_of(product, FOREIGN_TENANT)}
    good = {"iss": issuer_of(product), "tid": PRACTICE_TENANT_ID, "oid": FOREIGN_TENANT}
    token = token_of(**{**good, "sub": "x", "name": "Mallory", "nonce": nonce, **claims})
    body = {"token_type": "Bearer", "access_token": "x", "expires_in": 3600, "id_token": token}
    fault(product, path="*/token", count=1, status=200, body=json.dumps(body), headers=JSON)

    choose(stranger)

    is_refused(stranger, product, words)


def test_an_answer_that_comes_twice(product, stranger):
    answers = []
    stranger.on("request", lambda each: CALLBACK in each.url and answers.append(each.url))
    begin(stranger)
    choose(stranger)
    expect(stranger.get_by_role("link", name="Notification Queue").first).to_be_visible()
    stranger.context.clear_cookies()

    stranger.goto(answers[0])

    is_refused(stranger, product, "was not started in this browser, was used before")


def test_an_answer_that_nobody_has_asked_for(product, stranger):
    stranger.goto(f"{product.url}{CALLBACK}?code=made-up&state=made-up")

    is_refused(stranger, product, "was not started in this browser")


def test_a_sign_in_service_that_is_away(product, stranger):
    fault(product, path="*/openid-configuration", drop="before", count=5)

    stranger.get_by_role("button", name="Sign in with Microsoft").click()

    is_refused(stranger, product, "The sign-in service cannot be reached.")
