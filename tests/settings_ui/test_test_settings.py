"""Test Settings: the real path, with the values on the page."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.models import Attempt, EmailSettings, MicrosoftAccount, Worker
from notifications.models.attempt import Result
from notifications.queue import workers
from tests.exchange_emulator.emulator import DESK
from tests.settings_ui.conftest import URL

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(megan, emulator):
    return megan.draft(megan.sign_in(emulator))


def send(person, *, steps=False, recipient="alex@contoso.example", **changes):
    headers = {"accept": "application/x-ndjson"} if steps else {}
    form = person.form(send_test="1", test_recipient=recipient, **changes)
    return person.client.post(f"{URL}test/", form, headers=headers, follow=True)


def text_of(response):
    return response.content.decode()


def test_the_test_uses_the_unsaved_values_and_the_pending_account(megan, emulator, draft):
    response = send(megan, draft=draft, charset="iso-8859-15", client_secret="")

    assert "Test message has been sent" in text_of(response)
    (sent,) = emulator.messages()
    assert (sent["to"], sent["from"]) == (["alex@contoso.example"], DESK)
    assert b'charset="iso-8859-15"' in emulator.mime(sent["n"])
    assert EmailSettings.objects.current().account is None


def test_the_log_has_an_entry_marked_as_a_test(megan, emulator, draft):
    send(megan, draft=draft)

    entry = Attempt.objects.get()
    assert entry.is_test
    assert entry.result == Result.ACCEPTED
    assert entry.request_id
    page = text_of(megan.client.get("/notifications/attempt/"))
    assert "mc-mark" in page
    assert f"/notifications/attempt/{entry.pk}/change/" in page


@pytest.mark.parametrize(("drainer", "left"), [("", 3), ("host:1", 4)])
def test_a_test_uses_the_pace_unless_a_drain_is_under_way(megan, emulator, draft, drainer, left):
    until = timezone.now() + timedelta(minutes=1) if drainer else None
    MicrosoftAccount.objects.update(lane_owner=drainer, lane_until=until)

    send(megan, draft=draft)

    account = MicrosoftAccount.objects.get()
    assert int(account.bucket_level) == left
    assert account.last_success_at


def test_the_steps_are_told_as_they_run(megan, emulator, draft):
    workers.report_alive("worker:1")

    response = send(megan, steps=True, draft=draft)

    lines = [json.loads(line) for line in b"".join(response.streaming_content).splitlines()]
    told = [(line["name"], line["state"]) for line in lines]
    assert told == [
        ("Get an access token", "running"),
        ("Get an access token", "done"),
        ("Open the mailbox", "running"),
        ("Open the mailbox", "done"),
        ("Send the message", "running"),
        ("Send the message", "done"),
        ("Worker ready to send with these settings", "done"),
        ("Test message has been sent", "done"),
    ]


def test_a_missing_worker_is_told_although_the_test_went_out(megan, emulator, draft):
    page = text_of(send(megan, draft=draft))

    assert "No worker is alive. Start the Celery worker" in page
    assert "Test message has been sent" in page


def test_a_worker_with_another_key_is_told(megan, emulator, draft, now):
    Worker.objects.saw("w", version="0", key="other", now=now)

    assert "another encryption key" in text_of(send(megan, draft=draft))


def test_one_good_worker_is_enough_and_a_wrong_one_is_named(megan, emulator, draft, now):
    workers.report_alive("good:1")
    Worker.objects.saw("wrong:2", version="0", key="other", now=now)

    response = send(megan, steps=True, draft=draft)

    lines = [json.loads(line) for line in b"".join(response.streaming_content).splitlines()]
    (found,) = [line for line in lines if line["name"].startswith("Worker ready")]
    assert found["state"] == "done"
    assert "A worker has another encryption key: wrong:2." in found["html"]


def test_a_failure_is_explained_with_microsofts_words_and_ids(megan, emulator, draft):
    error = {"error": {"code": "ErrorSendAsDenied", "message": "no right to send on behalf"}}
    emulator.fault(path="/v1.0/me/messages/*/send", status=403, body=error, count=1)

    page = text_of(send(megan, draft=draft))

    entry = Attempt.objects.get()
    assert "allowed to send from this address." in page
    assert "no right to send on behalf" in page
    assert entry.request_id in page
    assert (entry.result, entry.is_test) == (Result.FAILED, True)
    assert f"/notifications/attempt/{entry.pk}/change/" in page


def test_a_failed_test_does_not_block_save(megan, emulator, draft):
    emulator.fault(path="/v1.0/me/messages", status=500, count=1)
    send(megan, draft=draft)

    assert megan.save(draft=draft).status_code == 302


@pytest.mark.parametrize("recipient", ["", "nobody", "a@b", "a@b.example\r\nBcc: x@y.example"])
def test_a_bad_address_is_refused_in_the_dialog(megan, emulator, draft, recipient):
    response = send(megan, recipient=recipient, draft=draft)
    answer = send(megan, steps=True, recipient=recipient, draft=draft)

    assert response.status_code == 422
    assert '<dialog id="test-dialog"' in text_of(response)
    assert answer.status_code == 422
    assert answer.json()["errors"]["test_recipient"]
    assert emulator.messages() == []
    assert not Attempt.objects.exists()


def test_errors_on_the_page_are_told_before_anything_is_sent(megan, emulator, draft):
    response = send(megan, draft=draft, from_address="nonsense")

    assert "The settings on the page have errors" in text_of(response)
    assert "“nonsense” is not an e-mail address" in text_of(response)
    assert emulator.messages() == []


def test_without_an_account_the_test_says_to_sign_in(megan):
    assert "Sign in first" in text_of(send(megan))


def test_without_javascript_the_button_opens_the_dialog_with_ones_own_address(megan):
    response = megan.client.post(f"{URL}test/", megan.form(open_test="1"), follow=True)

    page = text_of(response)
    assert "Send Test Message" in page
    assert 'value="megan@contoso.example"' in page


def test_the_optional_from_is_used_with_delegation(megan, emulator):
    draft = megan.draft(megan.sign_in(emulator, delegation="on"))

    send(megan, draft=draft, delegation="on", test_from="it@contoso.example")

    (sent,) = emulator.messages()
    assert sent["from"] == "it@contoso.example"


def test_the_test_goes_through_ews_where_that_is_chosen(megan, emulator):
    draft = megan.draft(megan.sign_in(emulator, api="ews"))

    page = text_of(send(megan, draft=draft, api="ews"))

    assert "Test message has been sent" in page
    assert emulator.messages()[0]["api"].startswith("ews")


def test_a_tenant_that_blocks_ews_is_told_with_the_way_to_graph(megan, emulator):
    draft = megan.draft(megan.sign_in(emulator, api="ews"))
    emulator.fault(kind="ews-blocked")

    page = text_of(send(megan, draft=draft, api="ews"))

    assert "EwsBlocked" in page
    assert "MS Graph" in page


def test_a_sign_in_for_graph_does_not_serve_ews(megan, emulator, draft):
    page = text_of(megan.client.get(f"{URL}?draft={draft}"))
    assert "The sign-in lacks permissions" not in page

    page = text_of(send(megan, draft=draft, api="ews"))

    assert "The sign-in lacks permissions" in page


def test_check_now_renews_and_opens_the_mailbox(megan, emulator, draft):
    response = megan.client.post(f"{URL}check/", megan.form(draft=draft), follow=True)

    assert f"the mailbox {DESK} can be opened" in text_of(response)


def test_check_now_explains_a_lost_sign_in(megan, emulator, draft):
    emulator.fault(kind="token-revoked", mailbox=DESK)

    page = text_of(megan.client.post(f"{URL}check/", megan.form(draft=draft), follow=True))

    assert "The sign-in is no longer valid." in page
    assert "Sign-in required" in page


@pytest.mark.parametrize("path", ["check/", "test/"])
def test_a_reload_does_not_act_again(megan, emulator, draft, path):
    """What was typed and the outcome come by a GET; the outcome is shown once."""
    form = megan.form(draft=draft, from_address="kept@contoso.example", send_test="1")
    form["test_recipient"] = "alex@contoso.example"
    page = megan.client.post(f"{URL}{path}", form, follow=True)
    sent, renewed_at = len(emulator.messages()), MicrosoftAccount.objects.get().renewed_at

    again = text_of(megan.client.get(page.redirect_chain[-1][0]))

    words = "can be opened" if path == "check/" else "Test message has been sent"
    assert words in text_of(page)
    assert words not in again
    assert 'value="kept@contoso.example"' in again
    assert "(not saved yet)" in again
    assert len(emulator.messages()) == sent
    assert MicrosoftAccount.objects.get().renewed_at == renewed_at


def test_check_now_of_what_is_saved_leaves_no_unsaved_changes(megan, emulator, draft):
    megan.save(draft=draft)

    page = megan.client.post(f"{URL}check/", megan.form(client_secret=""), follow=True)

    assert page.redirect_chain[-1][0] == f"{URL}#account"
    assert "data-unsaved-sign hidden" in text_of(page)


def test_after_success_the_dialog_offers_close(megan, emulator, draft):
    page = text_of(send(megan, draft=draft))

    assert "<span data-test-before hidden>" in page
    assert "<span data-test-after>" in page


def test_after_a_failure_the_dialog_can_be_used_again(megan, emulator, draft):
    emulator.fault(path="/v1.0/me/messages", status=400, count=1)

    page = text_of(send(megan, draft=draft))

    assert "<span data-test-before>" in page
    assert 'value="alex@contoso.example"' in page


def test_without_a_service_no_test_is_sent(megan, emulator, draft):
    page = text_of(send(megan, draft=draft, service="none"))

    assert "Choose an e-mail service first." in page
    assert emulator.messages() == []
