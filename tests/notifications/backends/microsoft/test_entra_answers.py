"""What the sign-in service answers, in any form: a declared error, and nothing that is stored
unseen. Somebody else who answers in its place says nothing about the account."""

import pytest
from django.utils import timezone

from notifications.backends.errors import AuthError, SendError, TransientError
from tests.exchange_emulator.emulator import CLIENT, DESK, TENANT

from .sign_ins import DOMAIN, OTHER, PRIVATE, SignIn, encoded


def test_the_claims_of_a_sign_in_are_kept(emulator):
    signed_in = SignIn(emulator).finish()

    assert (signed_in.tid, signed_in.address) == (TENANT, DESK)
    assert signed_in.scopes == "Mail.Send openid profile"


@pytest.mark.parametrize("tenant", [TENANT, TENANT.upper(), DOMAIN])
@pytest.mark.parametrize(
    "changes",
    [
        {"iss": ...},
        {"iss": "https://evil.example/x/v2.0"},
        {"iss": f"https://login.microsoftonline.com/{TENANT}/v2.0"},
        {"tid": OTHER},
        {"tid": ...},
        {"tid": PRIVATE},
        {"tid": ""},
        {"aud": "another"},
        {"aud": ...},
        {"oid": ...},
        {"nonce": "another"},
    ],
)
def test_a_token_that_is_not_for_this_application_and_tenant_is_refused(emulator, tenant, changes):
    sign_in = SignIn(emulator, tenant)

    with pytest.raises(AuthError) as caught:
        sign_in.finish(changes)

    assert caught.value.answer.code == "ForgedSignIn"


@pytest.mark.parametrize("tenant", ["common", "Common", "organizations"])
def test_a_tenant_that_stands_for_many_signs_nobody_in(emulator, tenant):
    sign_in = SignIn(emulator, tenant.lower())

    with pytest.raises(AuthError) as caught:
        sign_in.finish({"iss": f"{emulator.https}/{{tenantid}}/v2.0"})

    assert caught.value.answer.code == "ForgedSignIn"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"nbf": 2**40}, "ClockWrong"),
        ({"exp": 1}, "ClockWrong"),
        ({"exp": "soon"}, "SignInServiceFailed"),
        ({"exp": None}, "SignInServiceFailed"),
        ({"exp": ...}, "SignInServiceFailed"),
        ({"exp": 1.5e12}, "SignInServiceFailed"),
        ({"nbf": "now"}, "SignInServiceFailed"),
        ({"tid": 5}, "SignInServiceFailed"),
        ({"tid": [TENANT]}, "SignInServiceFailed"),
        ({"tid": "x" * 65}, "SignInServiceFailed"),
        ({"oid": {"a": 1}}, "SignInServiceFailed"),
        ({"oid": "a\0b"}, "SignInServiceFailed"),
        ({"oid": "\ud800"}, "SignInServiceFailed"),
        ({"preferred_username": None}, "SignInServiceFailed"),
        ({"preferred_username": "x" * 5000}, "SignInServiceFailed"),
        ({"preferred_username": "a@b.example\nBcc: x"}, "SignInServiceFailed"),
        ({"aud": [CLIENT]}, "SignInServiceFailed"),
    ],
)
def test_claims_of_another_form_are_no_server_error(emulator, changes, code):
    sign_in = SignIn(emulator)

    with pytest.raises(TransientError) as caught:
        sign_in.finish(changes)

    assert caught.value.answer.code == code


def test_a_token_of_the_near_future_is_taken(emulator):
    soon = int(timezone.now().timestamp()) + 200

    assert SignIn(emulator).finish({"nbf": soon}).tid == TENANT


@pytest.mark.parametrize(
    "fields",
    [
        {"id_token": "no JWT"},
        {"id_token": "a.b.c"},
        {"id_token": 5},
        {"id_token": [1]},
        {"id_token": f"x.{encoded([1])}.y"},
        {"id_token": f"x.{encoded(b'[' * 100_000)}.y"},
        {"id_token": f"x.{encoded(bytes([255, 254]))}.y"},
        {"client_info": "%"},
        {"client_info": {"uid": "u"}},
        {"scope": 5},
        {"scope": ["Mail.Send"]},
        {"expires_in": "soon"},
        {"expires_in": 10**30},
        {"expires_in": -1},
        {"expires_in": None},
        {"access_token": ["a"]},
        {"access_token": None},
        {"refresh_token": {"a": 1}},
    ],
)
def test_a_token_of_another_form_is_no_server_error(emulator, fields):
    sign_in = SignIn(emulator)

    with pytest.raises(SendError):
        sign_in.finish(**fields)
