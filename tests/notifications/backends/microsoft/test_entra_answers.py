"""What the sign-in service answers, in any form: a declared error, and nothing that is stored
unseen. Somebody else who answers in its place says nothing about the account."""

import base64
import hashlib
import json
from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.backends.errors import AuthError, SendError, ThrottledError, TransientError
from notifications.backends.explanations.explain import AccountTrouble, explain
from notifications.backends.microsoft import entra
from tests import factories
from tests.answering import answering, http
from tests.exchange_emulator.emulator import CLIENT, DESK, SECRET, TENANT

CONFIGURATION = "*/.well-known/openid-configuration"
OTHER = "5d9e2a7c-0000-4e0a-9a43-c0a7050e0001"
PRIVATE = "9188040d-6c67-4c5b-b112-36a304b66dad"
PAGE = "<html><title>Sign in to the network</title></html>"
DOMAIN = "contoso.example"


def application(emulator, tenant=TENANT):
    return entra.Application(CLIENT, SECRET, f"{emulator.https}/{tenant}", emulator.ca)


def begin(app):
    return entra.begin_sign_in(
        app, scopes={"Mail.Send"}, redirect_uri=factories.REDIRECT_URI, state="s"
    )


def encoded(value):
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class SignIn:
    """A sign-in that has come back from Microsoft's page, and whose token a test makes."""

    def __init__(self, emulator, tenant=TENANT):
        self.emulator, self.app = emulator, application(emulator, tenant)
        self.flow = begin(self.app)
        now = int(timezone.now().timestamp())
        self.claims = {
            "aud": CLIENT,
            "iss": f"{emulator.https}/{TENANT}/v2.0",
            "tid": TENANT,
            "oid": "6f7c8d9e-aaaa-bbbb-cccc-c0a7050e0003",
            "sub": "subject",
            "preferred_username": DESK,
            "iat": now,
            "nbf": now,
            "exp": now + 3600,
            "nonce": hashlib.sha256(self.flow["nonce"].encode()).hexdigest(),
        }

    def finish(self, changes=None, **fields):
        claims = self.claims | (changes or {})
        claims = {name: value for name, value in claims.items() if value is not ...}
        body = {
            "token_type": "Bearer",
            "scope": "Mail.Send openid profile",
            "expires_in": 3600,
            "access_token": "access",
            "refresh_token": "refresh",
            "id_token": f"{encoded({'alg': 'RS256'})}.{encoded(claims)}.signature",
            "client_info": encoded({"uid": "u", "utid": "t"}),
        } | fields
        return self.finish_with(200, body)

    def finish_with(self, status, body, **headers):
        self.emulator.fault(path="*/token", status=status, body=body, headers=headers)
        answer = {"code": "code", "state": "s"}
        return entra.finish_sign_in(self.app, self.flow, answer, now=timezone.now())


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


SOMEBODYS = [
    *((status, PAGE) for status in (200, 302, 400, 401, 403, 404, 429, 451, 500, 502, 503)),
    (200, "[1]"), (200, "{}"), (200, "5"), (200, ""), (200, "[" * 100_000), (200, '{"a": "\x00"}'),
    (400, '{"error": "forbidden"}'), (403, '{"error": {"code": "x"}}'), (400, '{"error": 5}'),
    (400, '{"error": "invalid_grant"}'),
    (400, '{"error": "invalid_tenant", "error_description": 5}'),
    (200, '{"token_endpoint": 5}'), (200, '{"token_endpoint": "https://a/b", "issuer": []}'),
    (200, '{"token_endpoint": "nowhere", "issuer": "x", "authorization_endpoint": "y"}'),
]  # fmt: skip


@pytest.mark.parametrize(("status", "body"), SOMEBODYS)
def test_a_configuration_that_is_not_entras_stops_nobody(emulator, status, body):
    emulator.fault(path=CONFIGURATION, status=status, body=body)

    with pytest.raises(TransientError) as caught:
        begin(application(emulator))

    answer = caught.value.answer
    assert answer.code in ("UnexpectedAnswer", "SignInServiceFailed")
    assert answer.status in (status, 0)
    assert "from Microsoft" in explain(answer).happened or "sign-in" in explain(answer).happened


@pytest.mark.parametrize(("status", "body"), SOMEBODYS)
def test_a_token_that_is_not_entras_stops_nobody(emulator, status, body):
    sign_in = SignIn(emulator)

    with pytest.raises(TransientError) as caught:
        sign_in.finish_with(status, body)

    assert caught.value.answer.code in ("UnexpectedAnswer", "SignInServiceFailed")


def test_entras_own_word_about_a_tenant_is_kept(emulator):
    said = "AADSTS90002: Tenant 'x' not found.\r\nTrace ID: 1"
    body = {"error": "invalid_tenant", "error_description": said, "trace_id": "1"}
    emulator.fault(path=CONFIGURATION, status=400, body=body)

    with pytest.raises(AuthError) as caught:
        begin(application(emulator))

    answer = caught.value.answer
    assert (answer.code, answer.request_id) == ("AADSTS90002", "1")
    assert "Tenant 'x' not found." in answer.message


@pytest.mark.parametrize(("status", "number"), [(400, 90033), (503, 90033), (429, 90033)])
def test_a_service_that_says_itself_that_it_is_busy_is_believed(emulator, status, number):
    said = f"AADSTS{number}: A transient error has occurred."
    body = {"error": "temporarily_unavailable", "error_description": said}
    emulator.fault(path=CONFIGURATION, status=status, body=body)

    with pytest.raises(TransientError) as caught:
        begin(application(emulator))

    assert caught.value.answer.code == "AADSTS90033"


BUSY = {"error": "temporarily_unavailable", "error_description": "AADSTS90033: Busy."}


@pytest.mark.parametrize("status", [429, 503])
def test_the_pause_that_entra_asks_for_is_kept(emulator, status):
    with pytest.raises(ThrottledError) as caught:
        SignIn(emulator).finish_with(status, BUSY, **{"Retry-After": "42"})

    assert caught.value.retry_after == timedelta(seconds=42)
    assert caught.value.answer.code == "AADSTS90033"


def test_so_is_the_pause_before_a_sign_in(emulator):
    emulator.fault(path=CONFIGURATION, status=429, body=BUSY, headers={"Retry-After": "42"})

    with pytest.raises(ThrottledError) as caught:
        begin(application(emulator))

    assert caught.value.retry_after == timedelta(seconds=42)


def test_a_pause_that_is_not_entras_is_not_kept(emulator):
    with pytest.raises(TransientError):
        SignIn(emulator).finish_with(503, PAGE, **{"Retry-After": "86400"})


def test_an_unknown_number_about_the_credential_asks_for_a_credential(emulator):
    body = {"error": "invalid_client", "error_description": "AADSTS7999999: Something new."}

    with pytest.raises(AuthError) as caught:
        SignIn(emulator).finish_with(401, body)

    answer = caught.value.answer
    assert explain(answer).trouble is AccountTrouble.CREDENTIAL_REFUSED
    assert "AADSTS7999999" in answer.message
    assert not caught.value.is_of_token


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_gets_no_secret(tmp_path, status):
    with answering(tmp_path) as server:
        document = {
            "issuer": f"{server.url}/{TENANT}/v2.0",
            "authorization_endpoint": f"{server.url}/authorize",
            "token_endpoint": f"{server.url}/{TENANT}/token",
        }
        server.answers = {
            "openid-configuration": http(200, json.dumps(document).encode()),
            "/token": http(status, Location=f"{server.url}/portal"),
        }
        app = entra.Application(CLIENT, SECRET, f"{server.url}/{TENANT}", server.ca)
        flow = begin(app)

        with pytest.raises(TransientError) as caught:
            entra.finish_sign_in(app, flow, {"code": "c", "state": "s"}, now=timezone.now())

    assert caught.value.answer.code == "UnexpectedAnswer"
    assert not any("/portal" in head for head in server.heard)
