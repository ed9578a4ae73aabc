"""A stranger's library lets people log in at the emulator: Authlib, and nothing of ours between."""

import time
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from authlib.integrations.requests_client import OAuth2Session, OAuthError
from joserfc import jwt
from joserfc.jwk import KeySet

from notifications.backends.microsoft.clouds import PRACTICE_LOGIN_CLIENT_ID, PRACTICE_LOGIN_SECRET
from tests.exchange_emulator.emulator import TENANT
from tests.waiting import PATIENCE

BACK = "http://localhost:8000/login/microsoft/callback/"
VERIFIER, NONCE = "v" * 64, "a-nonce-of-the-stranger"


@pytest.fixture
def session(emulator):
    with OAuth2Session(
        PRACTICE_LOGIN_CLIENT_ID,
        PRACTICE_LOGIN_SECRET,
        scope="openid profile email offline_access",
        redirect_uri=BACK,
        code_challenge_method="S256",
    ) as made:
        made.verify, made.trust_env = emulator.ca, False
        yield made


@pytest.fixture
def provider(emulator):
    """What the emulator says of itself."""
    path = f"/{TENANT}/v2.0/.well-known/openid-configuration"
    return emulator.session.get(emulator.https + path, timeout=PATIENCE).json()


def sign_in(session, provider, account):
    """Return the tokens, and whether the state came back."""
    address, state = session.create_authorization_url(
        provider["authorization_endpoint"], code_verifier=VERIFIER, nonce=NONCE
    )
    answer = requests.post(
        address, data={"account": account}, allow_redirects=False, timeout=PATIENCE
    )
    back = answer.headers["Location"]
    assert parse_qs(urlsplit(back).query)["state"] == [state]
    return session.fetch_token(
        provider["token_endpoint"], authorization_response=back, code_verifier=VERIFIER
    )


def claims_of(emulator, provider, token):
    """Open the ID token with the keys that the provider names, and judge its claims."""
    keys = emulator.session.get(provider["jwks_uri"], timeout=PATIENCE).json()
    opened = jwt.decode(token["id_token"], KeySet.import_key_set(keys), algorithms=["RS256"])
    rules = jwt.JWTClaimsRegistry(
        now=int(time.time()),
        iss={"essential": True, "value": provider["issuer"]},
        aud={"essential": True, "value": PRACTICE_LOGIN_CLIENT_ID},
        nonce={"essential": True, "value": NONCE},
        exp={"essential": True},
        sub={"essential": True},
    )
    rules.validate(opened.claims)
    return opened.claims


def test_a_stranger_signs_somebody_in_and_learns_their_role(emulator, session, provider):
    claims = claims_of(emulator, provider, sign_in(session, provider, "alex@contoso.example"))

    assert claims["preferred_username"] == "alex@contoso.example"
    assert claims["roles"] == ["Operator"]
    assert claims["tid"] == TENANT
    assert claims["auth_time"] <= time.time() + 1


def test_a_stranger_redeems_the_refresh_token(emulator, session, provider):
    first = sign_in(session, provider, "alex@contoso.example")

    second = session.refresh_token(provider["token_endpoint"], first["refresh_token"])

    assert second["access_token"] != first["access_token"]
    assert second["refresh_token"]


def test_a_stranger_with_another_verifier_gets_nothing(session, provider):
    address, _state = session.create_authorization_url(
        provider["authorization_endpoint"], code_verifier=VERIFIER
    )
    answer = requests.post(
        address, data={"account": "alex@contoso.example"}, allow_redirects=False, timeout=PATIENCE
    )

    with pytest.raises(OAuthError, match="invalid_grant"):
        session.fetch_token(
            provider["token_endpoint"],
            authorization_response=answer.headers["Location"],
            code_verifier="w" * 64,
        )
