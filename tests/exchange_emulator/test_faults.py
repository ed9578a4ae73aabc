"""Faults on demand, as a test of the product needs them."""

import json

import pytest
import requests

from exchange_emulator.entra.errors import KINDS
from exchange_emulator.graph.known_errors import GRAPH_ERRORS
from tests.exchange_emulator.emulator import DESK, EWS
from tests.exchange_emulator.test_batch import batch, step
from tests.exchange_emulator.test_drafts import draft
from tests.exchange_emulator.test_ews import SIMPLE, create, send
from tests.exchange_emulator.test_ews import code as code_of
from tests.exchange_emulator.test_sending import send_json


def test_an_answer_by_path_and_count_then_all_is_well(emulator, token):
    emulator.fault(path="/v1.0/me/sendMail", status=503, retry_after="2.128", body="busy", count=2)
    for _ in range(2):
        answer = send_json(emulator, token, {})
        assert (answer.status_code, answer.text) == (503, "busy")
        assert answer.headers["Retry-After"] == "2.128"
    assert send_json(emulator, token, {}).status_code == 202
    assert len(emulator.messages()) == 1


def test_a_body_may_be_json_and_a_retry_after_absent(emulator, token):
    emulator.fault(path="/v1.0/*", status=429, body={"error": {"code": "x", "message": "y"}})
    answer = emulator.graph(token, "GET", "/me")
    assert answer.json() == {"error": {"code": "x", "message": "y"}}
    assert "Retry-After" not in answer.headers


def test_a_504_may_hide_that_the_message_was_sent(emulator, token):
    emulator.fault(path="/v1.0/me/sendMail", status=504, when="after", count=1)
    assert send_json(emulator, token, {}).status_code == 504
    assert len(emulator.messages()) == 1


def test_a_200_may_come_instead_of_the_202(emulator, token):
    emulator.fault(path="*/send", status=200, when="after", count=1)
    made = draft(emulator, token)
    answer = emulator.graph(token, "POST", f"/me/messages/{made['id']}/send")
    assert answer.status_code == 200
    assert len(emulator.messages()) == 1


@pytest.mark.parametrize(("when", "sent"), [("before", 0), ("after", 1)])
def test_the_connection_drops_before_or_after_accepting(emulator, token, when, sent):
    emulator.fault(path="/v1.0/me/sendMail", drop=when, count=1)
    with pytest.raises(requests.ConnectionError):
        send_json(emulator, token, {})
    assert len(emulator.messages()) == sent
    stats = emulator.control("GET", "stats").json()
    assert stats["requests"]["POST /v1.0/me/sendMail"] == {"dropped": 1}


def test_latency_delays_the_answer(emulator, token):
    emulator.fault(path="/v1.0/me", latency_ms=150)
    assert emulator.graph(token, "GET", "/me").elapsed.total_seconds() >= 0.15


def test_a_fault_may_skip_and_may_be_for_one_mailbox(emulator, token):
    emulator.fault(path="/v1.0/me", status=500, skip=1, count=1, mailbox=DESK)
    emulator.fault(path="/v1.0/me", status=500, mailbox="alex@contoso.example")
    statuses = [emulator.graph(token, "GET", "/me").status_code for _ in range(3)]
    assert statuses == [200, 500, 200]


def test_a_probability_of_zero_never_strikes(emulator, token):
    emulator.fault(path="/v1.0/me", status=500, probability=0)
    assert emulator.graph(token, "GET", "/me").status_code == 200


def test_a_full_mailbox_refuses_drafts_and_sending(emulator, token):
    emulator.fault(kind="mailbox-full", mailbox=DESK)
    assert send_json(emulator, token, {}).json()["error"]["code"] == "ErrorQuotaExceeded"


def test_a_revoked_token_is_refused_everywhere(emulator):
    app = emulator.client()
    result = emulator.sign_in(app=app)
    emulator.fault(kind="token-revoked", mailbox=DESK)
    answer = emulator.graph(result["access_token"], "GET", "/me")
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "InvalidAuthenticationToken"
    renewed = app.acquire_token_by_refresh_token(result["refresh_token"], ["Mail.Send"])
    assert renewed["error_codes"] == [50173]


def test_faults_are_listed_and_deleted(emulator, token):
    emulator.fault(path="/v1.0/me", status=500)
    emulator.graph(token, "GET", "/me")
    [fault] = emulator.control("GET", "faults").json()
    assert (fault["status"], fault["hits"]) == (500, 1)
    emulator.control("DELETE", "faults")
    assert emulator.control("GET", "faults").json() == []


@pytest.mark.parametrize("fault", [{"kind": "nonsense"}, {"colour": "red"}, {"kind": "answer"}])
def test_a_fault_that_nobody_knows_is_refused(emulator, fault):
    answer = emulator.session.post(f"{emulator.http}/_emulator/faults", json=fault)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_statistics_count_by_path_and_status(emulator, token):
    made = draft(emulator, token)
    emulator.graph(token, "POST", f"/me/messages/{made['id']}/send")
    emulator.graph(token, "GET", "/me/messages/nonsense")
    stats = emulator.control("GET", "stats").json()
    assert stats["requests"]["POST /v1.0/me/messages"] == {"201": 1}
    assert stats["requests"]["POST /v1.0/me/messages/{id}/send"] == {"202": 1}
    assert stats["requests"]["GET /v1.0/me/messages/{id}"] == {"400": 1}
    assert stats["token_requests_by_grant"] == {"authorization_code": 1}
    assert stats["top_concurrency"] == {DESK: 1}


@pytest.mark.parametrize("code", sorted(GRAPH_ERRORS))
def test_every_error_of_graph_can_be_asked_for(emulator, token, code):
    emulator.fault(path="/v1.0/me/sendMail", error_code=code)
    answer = send_json(emulator, token, {})
    status, text = GRAPH_ERRORS[code]
    assert answer.status_code == status
    error = answer.json()["error"]
    assert (error["code"], error["message"]) == (code, text)
    assert error["innerError"]["request-id"]


@pytest.mark.parametrize("number", sorted(KINDS))
def test_every_error_of_entra_can_be_asked_for(emulator, number):
    emulator.fault(path="*/token", error_code=str(number))
    result = emulator.session.post(f"{emulator.authority()}/oauth2/v2.0/token", data={})
    assert result.status_code == KINDS[number].status
    assert result.json()["error_codes"] == [number]
    assert result.json().get("suberror", "") == KINDS[number].suberror


def test_any_error_of_ews_can_be_asked_for_by_operation(emulator):
    token = emulator.sign_in(scopes=[EWS])["access_token"]
    emulator.fault(
        path="/EWS/*", operation="CreateItem", error_code="ErrorMailboxMoveInProgress", count=1
    )
    answer = create(emulator, token, SIMPLE)
    assert (answer.status_code, code_of(answer)) == (200, "ErrorMailboxMoveInProgress")
    assert code_of(create(emulator, token, SIMPLE)) == "NoError"


def ask_for_token(emulator):
    form = {"grant_type": "refresh_token", "refresh_token": "x"}
    return emulator.session.post(f"{emulator.authority()}/oauth2/v2.0/token", data=form)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (503, "temporarily_unavailable"),
        (429, "temporarily_unavailable"),
        (500, "temporarily_unavailable"),
        (401, "invalid_client"),
        (400, "invalid_grant"),
    ],
)
def test_a_status_at_the_token_endpoint_is_answered_as_that_status(emulator, status, error):
    emulator.fault(path="*/token", status=status, retry_after=7)
    answer = ask_for_token(emulator)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.headers["Retry-After"] == "7"


@pytest.mark.parametrize("status", [401, 403, 429, 500, 502, 503, 504])
def test_a_status_of_ews_is_answered_as_that_status(emulator, status):
    token = emulator.sign_in(scopes=[EWS])["access_token"]
    emulator.fault(path="/EWS/*", status=status, retry_after=7)
    answer = create(emulator, token, SIMPLE)
    assert (answer.status_code, answer.headers["Retry-After"]) == (status, "7")
    assert (answer.content == b"") == (status in (401, 403))
    assert ("Fault" in answer.text) == (status == 500)


def test_a_named_error_keeps_the_status_and_the_wait_beside_it(emulator, token):
    emulator.fault(path="/v1.0/*", status=503, error_code="ErrorServerBusy", retry_after=7)
    answer = emulator.graph(token, "GET", "/me")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "7")
    assert answer.json()["error"]["code"] == "ErrorServerBusy"


@pytest.mark.parametrize("fault", [{"status": 503}, {"kind": "throttled"}, {"status": 401}])
def test_an_error_by_fault_has_the_headers_of_every_error_of_graph(emulator, token, fault):
    emulator.fault(path="/v1.0/me", **fault)
    headers = {"client-request-id": "11111111-2222-3333-4444-555555555555"}
    answer = emulator.graph(token, "GET", "/me", headers=headers)
    inner = answer.json()["error"]["innerError"]
    assert inner["request-id"] == answer.headers["request-id"]
    assert inner["client-request-id"] == answer.headers["client-request-id"]
    assert answer.headers["client-request-id"] == headers["client-request-id"]
    assert {"x-ms-ags-diagnostic", "strict-transport-security"} <= set(
        map(str.lower, answer.headers)
    )
    challenges = answer.raw.headers.getlist("WWW-Authenticate")
    assert len(challenges) == (2 if answer.status_code == 401 else 0)


@pytest.mark.parametrize("fault", [{"status": 503}, {"drop": "before"}])
def test_a_token_request_that_a_fault_struck_is_counted(emulator, fault):
    emulator.fault(path="*/token", count=1, **fault)
    if "drop" in fault:
        with pytest.raises(requests.ConnectionError):
            ask_for_token(emulator)
    else:
        ask_for_token(emulator)
    ask_for_token(emulator)
    stats = emulator.control("GET", "stats").json()
    assert stats["token_requests_by_grant"] == {"refresh_token": 2}
    assert list(stats["requests"]) == ["POST /{tenant}/oauth2/v2.0/token"]


def test_a_struck_request_is_counted_by_its_template(emulator, token):
    emulator.fault(path="/v1.0/me/messages/*", status=503)
    emulator.graph(token, "GET", "/me/messages/abc")
    stats = emulator.control("GET", "stats").json()
    assert stats["requests"]["GET /v1.0/me/messages/{id}"] == {"503": 1}


@pytest.mark.parametrize(
    "fault", [{"error_code": "ErrorMailboxFailover"}, {"kind": "server-busy-in-response"}]
)
def test_an_error_inside_a_response_is_one_of_the_operation_that_was_asked(emulator, fault):
    token = emulator.sign_in(scopes=[EWS])["access_token"]
    emulator.fault(path="/EWS/*", **fault)
    answer = send(emulator, token, '<t:ItemId Id="AAA" ChangeKey="AAA"/>')
    assert answer.status_code == 200
    assert "<m:SendItemResponse>" in answer.text


def test_the_steps_of_a_batch_meet_faults_and_are_counted(emulator, token):
    emulator.fault(path="/v1.0/me/messages", status=503)
    answer = batch(
        emulator, token, step("1", "GET", "/me/messages"), step("2", "GET", "/me?$select=id")
    )
    assert [each["status"] for each in answer.json()["responses"]] == [503, 200]
    stats = emulator.control("GET", "stats").json()["requests"]
    assert stats["GET /v1.0/me/messages"] == {"503": 1}
    assert stats["GET /v1.0/me"] == {"200": 1}


def test_a_step_of_a_batch_may_drop_the_connection(emulator, token):
    emulator.fault(path="/v1.0/me/messages", drop="before", count=1)
    with pytest.raises(requests.ConnectionError):
        batch(emulator, token, step("1", "GET", "/me/messages"))
    assert emulator.graph(token, "GET", "/me").status_code == 200


@pytest.mark.parametrize(
    "fault",
    [
        {"path": 5},
        {"status": "abc"},
        {"status": 99},
        {"status": True},
        {"status": 503, "headers": {"a": 1}},
        {"status": 503, "headers": {"a": "1\r\nb: 2"}},
        {"status": 503, "retry_after": "1\r\nb: 2"},
        {"status": 503, "body": 5},
        {"status": 503, "body": "\ud800"},
        {"latency_ms": "slow"},
        {"latency_ms": -1},
        {"probability": 2, "status": 503},
        {"count": "one", "status": 503},
        {"drop": "now"},
        {"when": "never", "status": 503},
        {"kind": "error"},
        {"path": "*/token", "error_code": "abc"},
        {"path": "*/token", "error_code": "50999"},
        {"kind": "refresh-token-expired", "mailbox": DESK, "code": 1},
    ],
)
def test_a_fault_of_the_wrong_types_is_refused_at_once(emulator, token, fault):
    answer = emulator.session.post(
        f"{emulator.http}/_emulator/faults",
        data=json.dumps(fault),
        headers={"Content-Type": "application/json"},
    )
    assert (answer.status_code, list(answer.json())) == (400, ["error"])
    assert emulator.graph(token, "GET", "/me").status_code == 200
