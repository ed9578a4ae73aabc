"""Faults on demand, as a test of the product needs them."""

import pytest
import requests

from exchange_emulator.entra.errors import KINDS
from exchange_emulator.graph.known_errors import GRAPH_ERRORS
from tests.exchange_emulator.emulator import DESK, EWS
from tests.exchange_emulator.test_drafts import draft
from tests.exchange_emulator.test_ews import SIMPLE, create
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
