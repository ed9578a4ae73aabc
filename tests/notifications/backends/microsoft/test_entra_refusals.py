"""What the sign-in service, or somebody in its place, answers instead of a token."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.backends.errors import AuthError, ThrottledError, TransientError
from notifications.backends.explanations.explain import AccountTrouble, explain
from notifications.backends.microsoft import entra
from tests.answering import answering, http
from tests.exchange_emulator.emulator import CLIENT, SECRET, TENANT

from .sign_ins import CONFIGURATION, PAGE, SignIn, application, begin

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
