"""Exchange's limits: each one works, and each can be switched off."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.exchange_emulator.emulator import DESK, EWS
from tests.exchange_emulator.test_drafts import IMMUTABLE, mime_draft
from tests.exchange_emulator.test_ews import SIMPLE, code, create
from tests.exchange_emulator.test_sending import people, send_json
from tests.waiting import PATIENCE, wait_until


def at_once(number, request):
    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(lambda _: request(), range(number)))


def really_at_once(emulator, number, request):
    """The answers of requests that were all under way together: on a busy machine each has to
    take longer for that."""
    for latency_ms in (400, 2_000, 10_000, 50_000):
        emulator.control("DELETE", "faults")
        emulator.fault(path="/v1.0/me", latency_ms=latency_ms)
        answers = at_once(number, request)
        if emulator.control("GET", "stats").json()["top_concurrency"][DESK] == number:
            return answers
    raise AssertionError(f"{number} requests are never under way together")


def test_a_fifth_request_at_once_is_throttled(emulator, token):
    def ask():
        headers = {"Authorization": f"Bearer {token}"}
        return requests.get(f"{emulator.https}/v1.0/me", headers=headers, timeout=PATIENCE)

    answers = really_at_once(emulator, 6, ask)
    refused = [answer for answer in answers if answer.status_code == 429]
    assert len(refused) == 2
    error = refused[0].json()["error"]
    assert error["code"] == "ApplicationThrottled"
    assert error["message"] == "Application is over its MailboxConcurrency limit."
    emulator.limits(mailbox_concurrency=None)
    assert {answer.status_code for answer in at_once(6, ask)} == {200}


def test_too_many_ews_connections_are_a_fault(emulator):
    token = emulator.sign_in(scopes=[EWS])["access_token"]
    emulator.limits(ews_concurrency=0)
    answer = create(emulator, token, SIMPLE)
    assert (answer.status_code, code(answer)) == (500, "ErrorExceededConnectionCount")
    assert '<t:Value Name="Policy">MaxConcurrency</t:Value>' in answer.text


def test_requests_are_counted_over_ten_minutes(emulator, token):
    emulator.limits(requests_per_10_minutes=2)
    statuses = [emulator.graph(token, "GET", "/me").status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    answer = emulator.graph(token, "GET", "/me")
    assert 600 - PATIENCE <= int(answer.headers["Retry-After"]) <= 600
    emulator.advance(601)
    assert emulator.graph(token, "GET", "/me").status_code == 200


def test_mail_over_the_rate_is_accepted_and_delivered_later(emulator, token):
    emulator.limits(messages_per_minute=2)
    for _ in range(2):
        send_json(emulator, token, {})
    made = mime_draft(emulator, token)
    path = f"/me/messages/{made['id']}"
    assert emulator.graph(token, "POST", f"{path}/send").status_code == 202
    assert emulator.graph(token, "GET", path, headers=IMMUTABLE).json()["isDraft"] is True
    assert emulator.graph(token, "GET", "/me/mailFolders/outbox").json()["totalItemCount"] == 1
    assert emulator.messages()[2]["delivered_at"] is None
    assert emulator.graph(token, "POST", f"{path}/send").status_code == 202
    emulator.advance(61)
    assert emulator.graph(token, "GET", path, headers=IMMUTABLE).json()["isDraft"] is False
    assert len(emulator.messages()) == 3
    assert emulator.messages()[2]["delivered_at"]


def test_delivery_may_take_its_time(emulator, token):
    emulator.limits(delivery_delay=30)
    path = f"/me/messages/{mime_draft(emulator, token)['id']}"
    emulator.graph(token, "POST", f"{path}/send")
    for is_draft in (True, False):
        found = emulator.graph(token, "GET", path, headers=IMMUTABLE).json()
        assert found["isDraft"] is is_draft
        emulator.advance(31)


def test_recipients_of_a_message_are_limited(emulator, token):
    emulator.limits(recipients_per_message=2)
    three = people("a@example.org", "b@example.org", "c@example.org")
    answer = send_json(emulator, token, {"toRecipients": three})
    assert answer.json()["error"]["code"] == "ErrorExceededMaxRecipientLimit"


def test_recipients_of_a_day_are_limited_by_a_report(emulator, token):
    emulator.limits(recipients_per_day=1)
    assert send_json(emulator, token, {}).status_code == 202
    assert send_json(emulator, token, {"subject": "Too much"}).status_code == 202
    [report] = emulator.graph(token, "GET", "/me/mailFolders/inbox/messages").json()["value"]
    assert report["subject"] == "Undeliverable: Too much"
    ann = emulator.session.get(f"{emulator.http}/mailboxes/ann@example.org").text
    assert "Inbox (1)" in ann


def test_a_message_may_be_too_large(emulator, token):
    emulator.limits(message_size=1000)
    body = {"contentType": "text", "content": "x" * 2000}
    answer = send_json(emulator, token, {"body": body})
    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "ErrorMessageSizeExceeded"


def test_all_limits_can_be_switched_off_at_once(emulator):
    emulator.limits(**{"*": None})
    values = emulator.control("GET", "limits").json()
    assert set(values.values()) == {None}
    emulator.reset()
    assert emulator.control("GET", "limits").json()["messages_per_minute"] == 30


@pytest.mark.parametrize("values", [{"nonsense": 1}, {"message_size": "big"}, []])
def test_a_limit_that_nobody_knows_is_refused(emulator, values):
    answer = emulator.session.post(f"{emulator.http}/_emulator/limits", json=values)
    assert answer.status_code == 400


def test_a_reset_with_requests_under_way_leaves_the_limit_as_it_was(emulator, token):
    emulator.fault(path="/v1.0/me", latency_ms=700)

    def ask():
        headers = {"Authorization": f"Bearer {token}"}
        return requests.get(f"{emulator.https}/v1.0/me", headers=headers, timeout=PATIENCE)

    with ThreadPoolExecutor(3) as pool:
        early = [pool.submit(ask) for _ in range(3)]
        assert wait_until(lambda: emulator.control("GET", "stats").json()["top_concurrency"])
        emulator.reset()
    assert len(early) == 3
    token = emulator.sign_in()["access_token"]
    answers = really_at_once(emulator, 9, ask)
    assert sorted(answer.status_code for answer in answers) == [200] * 4 + [429] * 5
