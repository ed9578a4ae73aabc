"""What recorded answers of Entra ID show and no document says."""

import re

import pytest

from tests.exchange_emulator.emulator import DESK, TENANT
from tests.exchange_emulator.test_tokens import error_of, get_code, post, redeem, renew

ISSUED = r"'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z'"


def fault(emulator, number):
    emulator.fault(path="*/token", error_code=str(number), status=400)
    return renew(emulator, "any").json()


def test_descriptions_are_one_line(emulator):
    error = error_of(post(emulator, grant_type="password"), 70003)

    assert re.fullmatch(
        r"AADSTS70003: .+ Trace ID: \S+ Correlation ID: \S+ Timestamp: [\d-]+ [\d:]+Z",
        error["error_description"],
    )


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (50034, "directory. To sign into this application, the account must be added to the"),
        (50173, "The grant was issued on '"),
        (700082, "and was inactive for 90.00:00:00."),
    ],
)
def test_a_token_that_is_worth_nothing_says_bad_token(emulator, number, words):
    error = fault(emulator, number)

    assert words in error["error_description"]
    assert error["suberror"] == "bad_token"


def test_a_revoked_grant_names_both_dates(emulator):
    refresh_token = redeem(emulator, get_code(emulator)).json()["refresh_token"]
    emulator.fault(kind="token-revoked", mailbox=DESK)
    text = error_of(renew(emulator, refresh_token), 50173)["error_description"]

    assert re.search(
        rf"The grant was issued on {ISSUED} and the TokensValidFrom date \(before which tokens are "
        rf"not valid\) for this user is {ISSUED}\.",
        text,
    )


def test_a_scope_that_is_not_valid_has_no_error_uri(emulator):
    code = get_code(emulator)
    assert "error_uri" not in error_of(redeem(emulator, code, scope="Nonsense"), 70011)
    assert "error_uri" in error_of(post(emulator, grant_type="password"), 70003)


def test_an_unknown_key_is_an_invalid_signature(emulator):
    error = fault(emulator, 700027)
    assert (
        "Client assertion contains an invalid signature. [Reason - " in (error["error_description"])
    )


@pytest.mark.parametrize("code", ["invented", "x" * 2000, "2.abc", "1", "é"])
def test_the_form_of_a_code_is_read_before_the_secret(emulator, code):
    answer = post(emulator, grant_type="authorization_code", code=code, client_secret="wrong")

    error_of(answer, 9002313)


def test_a_code_of_the_right_form_lets_the_secret_be_judged(emulator):
    error_of(redeem(emulator, get_code(emulator), client_secret="wrong"), 7000215, status=401)


def discover(emulator, address):
    return emulator.session.get(
        f"{emulator.https}/common/discovery/instance",
        params={"api-version": "1.1", "authorization_endpoint": address},
    )


@pytest.mark.parametrize(
    "address",
    ["https://login.unknown.example/common/oauth2/v2.0/authorize", "https://x", "nonsense", "//["],
)
def test_an_unknown_instance_is_refused(emulator, address):
    answer = discover(emulator, address)

    assert answer.status_code == 400
    error = answer.json()
    assert (error["error"], error["error_codes"]) == ("invalid_instance", [50049])


def test_the_own_instance_is_known(emulator):
    answer = discover(emulator, f"{emulator.https}/{TENANT}/oauth2/v2.0/authorize")

    assert answer.status_code == 200
    assert answer.json()["tenant_discovery_endpoint"] == (
        f"{emulator.https}/{TENANT}/v2.0/.well-known/openid-configuration"
    )
