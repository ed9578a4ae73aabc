"""The token endpoint, driven by MSAL and by hand."""

import base64
import datetime
import hashlib
import json

import msal
import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from tests.exchange_emulator.emulator import CALLBACK, CLIENT, DESK, MAIL, SECRET, TENANT

REFRESH_LIFETIME = 90 * 86400


def post(emulator, *, tenant=TENANT, auth=None, **form):
    form = {"client_id": CLIENT, "client_secret": SECRET, **form}
    form = {name: value for name, value in form.items() if value is not None}
    url = f"{emulator.https}/{tenant}/oauth2/v2.0/token"
    return emulator.session.post(url, data=form, auth=auth)


def get_code(emulator, **more):
    query = {
        "client_id": CLIENT,
        "response_type": "code",
        "redirect_uri": CALLBACK,
        "scope": "Mail.Send offline_access openid profile",
        **more,
    }
    url = f"{emulator.http}/{TENANT}/oauth2/v2.0/authorize"
    full = requests.Request("GET", url, params=query).prepare().url
    return emulator.choose(full, DESK)["code"]


def redeem(emulator, code, **changes):
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, **changes}
    return post(emulator, **form)


def renew(emulator, refresh_token, **changes):
    form = {
        "grant_type": "refresh_token",
        "refresh_token": refresh_token,
        "scope": "Mail.Send offline_access",
        **changes,
    }
    return post(emulator, **form)


def error_of(answer, number, *, status=400):
    assert answer.status_code == status, answer.text
    error = answer.json()
    assert error["error_codes"] == [number]
    assert error["error_description"].startswith(f"AADSTS{number}: ")
    assert " Trace ID: " in error["error_description"]
    assert answer.headers["x-ms-clitelem"].startswith(f"1,{number},")
    return error


def test_msal_gets_what_it_needs_to_know_the_account(emulator):
    app = emulator.client()
    result = emulator.sign_in(app=app)
    assert (result["token_type"], result["expires_in"]) == ("Bearer", 3599)
    claims = result["id_token_claims"]
    assert claims["preferred_username"] == DESK
    assert claims["tid"] == TENANT
    assert claims["iss"] == f"{emulator.https}/{TENANT}/v2.0"
    assert app.get_accounts()[0]["username"] == DESK
    silent = app.acquire_token_silent(["Mail.Send"], account=app.get_accounts()[0])
    assert silent["token_source"] == "cache"


@pytest.mark.parametrize(
    "scope", ["Mail.Send", "mail.send", "https://graph.microsoft.com/Mail.Send"]
)
def test_the_scope_comes_back_in_the_form_of_the_request(emulator, scope):
    app = emulator.client()
    result = emulator.sign_in(app=app, scopes=[scope])
    assert scope in result["scope"].split()
    again = app.acquire_token_silent([scope], account=app.get_accounts()[0])
    assert again["token_source"] == "cache"


def test_everything_consented_to_on_the_resource_is_granted(emulator):
    emulator.sign_in(scopes=MAIL)
    result = emulator.sign_in(scopes=["Mail.Send"])
    assert {"Mail.Send", "Mail.ReadWrite"} <= set(result["scope"].split())


def test_a_code_works_once(emulator):
    code = get_code(emulator)
    assert redeem(emulator, code).status_code == 200
    assert error_of(redeem(emulator, code), 54005)["error"] == "invalid_grant"


def test_a_code_runs_out(emulator):
    code = get_code(emulator)
    emulator.advance(601)
    error_of(redeem(emulator, code), 70008)


def test_a_code_is_bound_to_its_request(emulator):
    code = get_code(emulator)
    error_of(redeem(emulator, code, redirect_uri="http://localhost/oauth/callback"), 500112)
    error_of(redeem(emulator, "nonsense"), 9002313)
    assert redeem(emulator, code).status_code == 200


def test_pkce_is_checked(emulator):
    verifier = "v" * 43
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
    pkce = {"code_challenge": challenge.rstrip(b"=").decode(), "code_challenge_method": "S256"}
    code = get_code(emulator, **pkce)
    error_of(redeem(emulator, code), 501481)
    error_of(redeem(emulator, code, code_verifier="w" * 43), 501481)
    assert redeem(emulator, code, code_verifier=verifier).status_code == 200


def test_the_nonce_is_in_the_id_token(emulator):
    token = redeem(emulator, get_code(emulator, nonce="n1")).json()["id_token"]
    claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    assert claims["nonce"] == "n1"


def test_without_offline_access_there_is_no_refresh_token(emulator):
    code = get_code(emulator, scope="Mail.Send openid")
    assert "refresh_token" not in redeem(emulator, code).json()


def test_a_wrong_secret_is_a_401(emulator):
    error = error_of(post(emulator, client_secret="wrong", grant_type="refresh_token"), 7000215,
                     status=401)  # fmt: skip
    assert error["error"] == "invalid_client"
    error_of(post(emulator, client_secret=None, grant_type="refresh_token"), 7000218, status=401)


def test_msal_sees_a_wrong_secret(emulator):
    result = emulator.sign_in(app=emulator.client(secret="wrong"))
    assert result["error_codes"] == [7000215]


def test_the_secret_may_come_as_basic_authentication(emulator):
    code = get_code(emulator)
    answer = redeem(emulator, code, client_id=None, client_secret=None, auth=(CLIENT, SECRET))
    assert answer.status_code == 200


def test_an_expired_secret_says_so(emulator):
    refresh_token = emulator.sign_in()["refresh_token"]
    emulator.fault(kind="secret-expired")
    assert error_of(renew(emulator, refresh_token), 7000222, status=401)["error"] == (
        "invalid_client"
    )


def test_an_unknown_client_or_tenant_is_refused(emulator):
    unknown = post(emulator, client_id=TENANT, grant_type="refresh_token")
    assert error_of(unknown, 700016)["error"] == "unauthorized_client"
    error_of(post(emulator, tenant="nowhere.example", grant_type="refresh_token"), 90002)


def test_openid_configuration_of_an_unknown_tenant_is_refused(emulator):
    url = f"{emulator.https}/nowhere.example/v2.0/.well-known/openid-configuration"
    answer = emulator.session.get(url)
    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_tenant"
    with pytest.raises(ValueError, match="nowhere"):
        emulator.client(tenant="nowhere.example").initiate_auth_code_flow(["Mail.Send"])


def test_another_grant_type_is_unsupported(emulator):
    error = error_of(post(emulator, grant_type="password"), 70003)
    assert error["error"] == "unsupported_grant_type"
    error_of(post(emulator), 90014)


def test_refresh_tokens_rotate_and_the_old_one_stays_good(emulator):
    first = emulator.sign_in()["refresh_token"]
    second = renew(emulator, first).json()["refresh_token"]
    assert second != first
    assert renew(emulator, first).status_code == 200
    assert renew(emulator, second).status_code == 200


def test_a_refresh_token_dies_of_ninety_idle_days(emulator):
    token = emulator.sign_in()["refresh_token"]
    emulator.advance(REFRESH_LIFETIME - 60)
    rolled = renew(emulator, token).json()["refresh_token"]
    emulator.advance(120)
    error_of(renew(emulator, token), 700082)
    assert renew(emulator, rolled).status_code == 200


@pytest.mark.parametrize("number", [70008, 700082])
def test_an_expired_refresh_token_can_be_asked_for(emulator, number):
    token = emulator.sign_in()["refresh_token"]
    emulator.fault(kind="refresh-token-expired", mailbox=DESK, code=number)
    assert error_of(renew(emulator, token), number)["error"] == "invalid_grant"


def test_a_revoked_grant_needs_a_fresh_sign_in(emulator):
    token = emulator.sign_in()["refresh_token"]
    emulator.fault(kind="token-revoked", mailbox=DESK)
    error_of(renew(emulator, token), 50173)
    assert "access_token" in emulator.sign_in()


def test_withdrawn_consent_shows_at_the_next_renewal(emulator):
    token = emulator.sign_in()["refresh_token"]
    emulator.fault(kind="consent-withdrawn", mailbox=DESK)
    error = error_of(renew(emulator, token), 65001)
    assert (error["error"], error["suberror"]) == ("invalid_grant", "consent_required")


def test_a_policy_may_ask_for_a_second_factor_at_renewal(emulator):
    result = emulator.sign_in("mfa@contoso.example")
    assert "access_token" in result
    error = error_of(renew(emulator, result["refresh_token"]), 50076)
    assert (error["error"], error["suberror"]) == ("invalid_grant", "basic_action")
    assert "capolids" in json.loads(error["claims"])["access_token"]


def test_an_access_token_ages(emulator, token):
    emulator.advance(3600)
    answer = emulator.graph(token, "GET", "/me")
    assert answer.status_code == 401
    assert answer.json()["error"]["message"].startswith("Lifetime validation failed")


def test_msal_signs_in_with_a_certificate(emulator):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Mail Connector")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    public = certificate.public_bytes(serialization.Encoding.PEM).decode()
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
    credential = {"private_key": private, "public_certificate": public}
    unknown = emulator.sign_in(app=emulator.client(secret=credential))
    assert unknown["error_codes"] == [700027]
    emulator.control("POST", "certificates", json={"client_id": CLIENT, "pem": public})
    assert "access_token" in emulator.sign_in(app=emulator.client(secret=credential))


def test_the_refresh_token_of_msal_renews_silently(emulator):
    app = emulator.client(token_cache=msal.SerializableTokenCache())
    emulator.sign_in(app=app)
    account = app.get_accounts()[0]
    renewed = app.acquire_token_silent(["Mail.Send"], account=account, force_refresh=True)
    assert renewed["token_source"] == "identity_provider"
    assert app.token_cache.has_state_changed


def test_a_revoked_access_token_stays_revoked_after_a_reset(emulator, token):
    emulator.fault(kind="token-revoked", mailbox=DESK)
    emulator.reset()
    assert emulator.graph(token, "GET", "/me").status_code == 401
    fresh = emulator.sign_in()["access_token"]
    assert emulator.graph(fresh, "GET", "/me").status_code == 200
