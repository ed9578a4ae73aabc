"""Signing in: the pages, what they refuse, and what comes back to the application."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.exchange_emulator.emulator import CALLBACK, CLIENT, DESK, EWS, MAIL

KIM = "kim@fabrikam.example"


@pytest.fixture
def visitor():
    session = requests.Session()
    session.trust_env = False
    yield session
    session.close()


def address(emulator, tenant="contoso.example", **changes):
    query = {
        "client_id": CLIENT,
        "response_type": "code",
        "redirect_uri": CALLBACK,
        "scope": "Mail.Send offline_access openid profile",
        "state": "s1",
        **changes,
    }
    query = {name: value for name, value in query.items() if value is not None}
    prepared = requests.Request(
        "GET", f"{emulator.http}/{tenant}/oauth2/v2.0/authorize", params=query
    )
    return prepared.prepare().url


def open_page(visitor, url, **form):
    method = "POST" if form else "GET"
    return visitor.request(method, url, data=form, allow_redirects=False)


def returned(answer):
    """The parameters of the redirect to the application."""
    assert answer.status_code == 302, answer.text
    location = urlsplit(answer.headers["Location"])
    assert location.path == "/oauth/callback"
    return {name: values[0] for name, values in parse_qs(location.query).items()}


def codes(text):
    return re.findall(r"AADSTS(\d+)", text)


def test_the_accounts_are_buttons_that_name_their_address(emulator, visitor):
    page = open_page(visitor, address(emulator))
    assert "Pick an account" in page.text
    buttons = re.findall(r"<button[^>]*>(.*?)</button>", page.text)
    assert len([button for button in buttons if DESK in button]) == 1
    assert "facilities@contoso.example" not in page.text


def test_consent_is_asked_once_for_each_account_and_scope(emulator, visitor):
    url = address(emulator)
    page = open_page(visitor, url, account=DESK)
    assert "Permissions requested" in page.text
    for name in ("Accept", "Cancel"):
        assert re.search(rf"<button[^>]*>{name}</button>", page.text)
    answer = returned(open_page(visitor, url, account=DESK, consent="accept"))
    assert answer["state"] == "s1"
    assert "code" in returned(open_page(visitor, url, account=DESK))
    more = open_page(visitor, address(emulator, scope="Mail.ReadWrite"), account=DESK)
    assert "Mail.ReadWrite" in more.text
    other = open_page(visitor, url, account="alex@contoso.example")
    assert "Permissions requested" in other.text


def test_declined_consent_goes_back_as_access_denied(emulator, visitor):
    answer = returned(open_page(visitor, address(emulator), account=DESK, consent="cancel"))
    assert answer["error"] == "access_denied"
    assert codes(answer["error_description"]) == ["65004"]
    assert answer["state"] == "s1"


def test_an_administrator_may_consent_for_everybody(emulator, visitor):
    url = address(emulator)
    page = open_page(visitor, url, account="admin@contoso.example")
    assert "Consent on behalf of your organization" in page.text
    open_page(visitor, url, account="admin@contoso.example", consent="accept", for_all="yes")
    assert "code" in returned(open_page(visitor, url, account=DESK))


def test_a_tenant_may_leave_consent_to_administrators(emulator, visitor):
    emulator.fault(kind="admin-consent-required")
    page = open_page(visitor, address(emulator), account=DESK)
    assert "Need admin approval" in page.text
    answer = returned(open_page(visitor, address(emulator), account=DESK, consent="return"))
    assert answer["error"] == "access_denied"
    assert codes(answer["error_description"]) == ["90094"]


def test_the_admin_consent_page_answers_with_the_tenant(emulator, visitor):
    url = address(emulator, response_type=None).replace(
        "/oauth2/v2.0/authorize", "/v2.0/adminconsent"
    )
    admin = "admin@contoso.example"
    assert "on behalf of your organization" in open_page(visitor, url, account=admin).text
    answer = returned(open_page(visitor, url, account=admin, consent="accept"))
    assert (answer["admin_consent"], answer["state"]) == ("True", "s1")
    assert "code" in returned(open_page(visitor, address(emulator), account=DESK))
    refused = open_page(visitor, url, account=DESK)
    assert codes(refused.text) == ["90094"]


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({"redirect_uri": "http://localhost/elsewhere"}, "50011"),
        ({"redirect_uri": "https://localhost/oauth/callback"}, "50011"),
        ({"redirect_uri": "https://mail.contoso.example:444/oauth/callback"}, "50011"),
        ({"client_id": "00000000-0000-0000-0000-000000000000"}, "700016"),
        ({"client_id": None}, "90014"),
        ({"tenant": "nowhere.example"}, "90002"),
        ({"tenant": "fabrikam.example"}, "700016"),
        ({"tenant": "common"}, "50194"),
    ],
)
def test_an_untrusted_request_stays_on_microsofts_page(emulator, visitor, changes, number):
    page = open_page(visitor, address(emulator, **changes))
    assert page.status_code == 400
    assert codes(page.text) == [number]


@pytest.mark.parametrize(
    "uri",
    [
        "http://localhost:1/oauth/callback",
        "http://127.0.0.1:65535/oauth/callback",
        "https://mail.contoso.example/oauth/callback",
    ],
)
def test_a_loopback_address_matches_with_any_port(emulator, visitor, uri):
    assert open_page(visitor, address(emulator, redirect_uri=uri)).status_code == 200


@pytest.mark.parametrize(
    ("account", "number"),
    [
        (KIM, "50020"),
        ("disabled@contoso.example", "50057"),
        ("blocked@contoso.example", "53003"),
    ],
)
def test_an_account_that_may_not_sign_in_sees_why(emulator, visitor, account, number):
    page = open_page(visitor, address(emulator), account=account)
    assert codes(page.text) == [number]


def test_an_unknown_scope_goes_back_to_the_application(emulator, visitor):
    answer = returned(open_page(visitor, address(emulator, scope="Mail.Sendd")))
    assert answer["error"] == "invalid_scope"
    assert codes(answer["error_description"]) == ["70011"]


def test_prompt_none_needs_a_session_and_consent(emulator, visitor):
    silent = address(emulator, prompt="none")
    answer = returned(open_page(visitor, silent))
    assert (answer["error"], codes(answer["error_description"])) == ("login_required", ["50058"])
    url = address(emulator)
    open_page(visitor, url, account=DESK, consent="accept")
    assert "code" in returned(open_page(visitor, silent))
    more = address(emulator, prompt="none", scope="Mail.ReadWrite")
    answer = returned(open_page(visitor, more))
    assert codes(answer["error_description"]) == ["65001"]
    assert answer["error"] == "interaction_required"


def test_a_session_signs_in_again_unless_the_application_asks(emulator, visitor):
    open_page(visitor, address(emulator), account=DESK, consent="accept")
    assert "code" in returned(open_page(visitor, address(emulator)))
    for prompt in ("select_account", "login"):
        page = open_page(visitor, address(emulator, prompt=prompt))
        assert "Pick an account" in page.text
    page = open_page(visitor, address(emulator, prompt="consent"))
    assert "Permissions requested" in page.text


def test_hints_narrow_the_choice(emulator, visitor):
    page = open_page(visitor, address(emulator, login_hint=DESK))
    assert DESK in page.text
    assert "alex@contoso.example" not in page.text
    page = open_page(visitor, address(emulator, domain_hint="fabrikam.example"))
    assert KIM in page.text
    assert DESK not in page.text


def test_the_answer_may_be_posted_or_a_fragment(emulator, visitor):
    open_page(visitor, address(emulator), account=DESK, consent="accept")
    page = open_page(visitor, address(emulator, response_mode="form_post"))
    assert f'action="{CALLBACK}"' in page.text
    assert 'name="code"' in page.text
    answer = open_page(visitor, address(emulator, response_mode="fragment"))
    assert "#code=" in answer.headers["Location"]


def test_consent_may_span_resources_but_a_token_may_not(emulator):
    app = emulator.client()
    flow = emulator.begin(app, [*MAIL, EWS], prompt="select_account")
    answer = emulator.choose(flow["auth_uri"], DESK)
    assert "code" in answer
    both = app.acquire_token_by_auth_code_flow(flow, answer)
    assert both["error_codes"] == [700022]
    graph = emulator.sign_in(app=app)
    ews = app.acquire_token_silent([EWS], account=app.get_accounts()[0])
    assert ews["scope"].split()[0] == EWS
    assert "Mail.Send" in graph["scope"]


def test_a_shared_mailbox_cannot_sign_in(emulator):
    flow = emulator.begin(emulator.client(), prompt="select_account")
    assert "AADSTS50057" in emulator.choose(flow["auth_uri"], "it@contoso.example").text


@pytest.mark.parametrize(
    ("name", "value", "number"),
    [
        ("code_challenge_method", "S512", 90023),
        ("prompt", "maybe", 90023),
        ("response_mode", "pigeon", 70007),
    ],
)
def test_a_value_that_entra_does_not_know_is_refused(emulator, name, value, number):
    flow = emulator.begin(emulator.client())
    url = re.sub(rf"&{name}=[^&]*", "", flow["auth_uri"]) + f"&{name}={value}"
    answer = emulator.choose(url, DESK)
    assert answer["error"] == "invalid_request"
    assert answer["error_description"].startswith(f"AADSTS{number}")
