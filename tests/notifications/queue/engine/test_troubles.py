"""What becomes of a notification when something goes wrong on the way."""

from datetime import timedelta

import pytest
from django.utils import timezone

from notifications import outbox, retry
from notifications.models import Attempt, MicrosoftAccount, Notification
from notifications.models.account import AccountState
from notifications.models.attempt import Result
from notifications.models.status import Status
from notifications.queue.engine.lane import THREADS_WITH_REFERENCES
from tests import factories
from tests.exchange_emulator.emulator import DESK
from tests.notifications.queue.steps import (
    SEND,
    change_settings,
    drain,
    results,
    without_access_token,
)

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_bad_recipient_fails_alone(connected, emulator):
    error = {"error": {"code": "ErrorInvalidRecipients", "message": "not resolved"}}
    emulator.fault(path=SEND, status=400, body=error, count=1)
    for i in range(3):
        factories.enqueue(subject=str(i))

    drain()

    assert len(emulator.messages()) == 2
    failed = Notification.objects.get(status=Status.FAILED)
    assert failed.error == "A recipient was refused."
    assert (failed.error_code, failed.error_status) == ("ErrorInvalidRecipients", 400)
    entry = Attempt.objects.get(result=Result.FAILED)
    assert (entry.code, entry.message) == ("ErrorInvalidRecipients", "not resolved")


def test_a_failure_that_was_certainly_not_sent_is_tried_again_later(connected, emulator):
    emulator.fault(path="/v1.0/me/messages", method="POST", status=503, count=1)
    row = factories.enqueue()
    began = timezone.now()

    wake_at = drain()

    row.refresh_from_db()
    assert (row.status, row.attempts) == (Status.PENDING, 1)
    assert row.due_at > began + timedelta(seconds=5)
    assert wake_at == row.due_at
    assert results() == [Result.DEFERRED]


def test_a_throttled_mailbox_rests_and_the_attempt_does_not_count(connected, emulator):
    error = {"error": {"code": "ApplicationThrottled", "message": "MailboxConcurrency"}}
    emulator.fault(path=SEND, status=429, body=error, retry_after=120, count=1)
    row = factories.enqueue()
    began = timezone.now()

    wake_at = drain()

    row.refresh_from_db()
    assert (row.status, row.attempts) == (Status.PENDING, 0)
    account = MicrosoftAccount.objects.get()
    assert account.rests_until == wake_at
    assert wake_at > began + timedelta(seconds=120)
    assert drain() == account.rests_until
    assert len(results()) == 1


def test_what_waits_for_a_thread_is_given_back_untouched_when_the_mailbox_has_to_rest(
    connected, emulator
):
    for _ in range(30):
        factories.enqueue()
    outbox.pause(by="ann")
    outbox.send_now(Notification.objects.all())
    emulator.fault(path="/v1.0/me/messages", method="POST", status=429, retry_after=120)

    drain()

    assert not Notification.objects.exclude(status=Status.PENDING).exists()
    assert Notification.objects.filter(past_pause=True).count() == 30
    # Only what the threads had begun until the first refusal was known was refused.
    assert len(results()) <= 2 * THREADS_WITH_REFERENCES


@pytest.mark.parametrize("fault", [{"status": 504, "when": "after"}, {"drop": "after"}])
def test_a_message_that_went_out_without_an_answer_is_found_and_not_sent_twice(
    connected, emulator, fault
):
    emulator.fault(path=SEND, count=1, **fault)
    row = factories.enqueue()

    drain()
    drain()

    row.refresh_from_db()
    assert row.status == Status.ACCEPTED
    assert len(emulator.messages()) == 1
    assert results() == [Result.DEFERRED, Result.ACCEPTED]


@pytest.mark.parametrize("fault", [{"status": 504}, {"drop": "before"}])
def test_a_message_that_did_not_go_out_is_sent_by_the_same_draft(connected, emulator, fault):
    emulator.fault(path=SEND, count=1, **fault)
    row = factories.enqueue()

    drain()
    drain()
    drain()

    row.refresh_from_db()
    assert row.status == Status.ACCEPTED
    assert len(emulator.messages()) == 1
    creations = emulator.control("GET", "stats").json()["requests"]
    assert sum(creations["POST /v1.0/me/messages"].values()) == 1


def test_a_message_that_is_never_taken_is_tried_ever_later_and_fails_in_the_end(
    connected, emulator, now
):
    emulator.fault(path=SEND, status=504)
    row = factories.enqueue()
    drain()
    Notification.objects.update(attempts=8)
    drain()

    row.refresh_from_db()
    assert (row.status, row.attempts) == (Status.PENDING, 9)
    assert row.due_at > timezone.now()

    Notification.objects.update(attempts=retry.MOST_ATTEMPTS - 1, due_at=now)
    drain()
    drain()

    row.refresh_from_db()
    assert row.status == Status.FAILED
    assert row.error == "Microsoft didn't accept the message."
    assert results() == [Result.DEFERRED, Result.DEFERRED, Result.FAILED]
    assert emulator.messages() == []


def test_without_protection_a_doubt_is_held_for_a_person(connected, emulator):
    change_settings(protection=False)
    emulator.fault(path="/v1.0/me/sendMail", drop="after", count=1)
    row = factories.enqueue()

    drain()
    drain()

    row.refresh_from_db()
    assert row.status == Status.UNCONFIRMED
    assert results() == [Result.DEFERRED, Result.UNCONFIRMED]


def test_without_protection_a_doubt_is_sent_again_once_where_so_set(connected, emulator):
    change_settings(protection=False, doubt_policy="send-again")
    emulator.fault(path="/v1.0/me/sendMail", drop="before", count=2)
    row = factories.enqueue()

    for _ in range(5):
        drain()

    row.refresh_from_db()
    assert row.status == Status.UNCONFIRMED
    requests = emulator.control("GET", "stats").json()["requests"]
    assert sum(requests["POST /v1.0/me/sendMail"].values()) == 2


def test_a_lost_sign_in_stops_the_queue_and_spends_no_attempt(connected, emulator):
    emulator.fault(kind="token-revoked", mailbox=DESK)
    without_access_token()
    rows = [factories.enqueue() for _ in range(2)]

    drain()
    drain()

    account = MicrosoftAccount.objects.get()
    assert account.state == AccountState.SIGN_IN_REQUIRED
    for row in rows:
        row.refresh_from_db()
        assert (row.status, row.attempts) == (Status.PENDING, 0)
    assert emulator.messages() == []


def test_a_refused_token_is_renewed_before_a_person_is_bothered(connected, emulator):
    error = {"error": {"code": "InvalidAuthenticationToken", "message": "expired"}}
    emulator.fault(path="/v1.0/me/messages", status=401, body=error, count=1)
    row = factories.enqueue()

    drain()

    account = MicrosoftAccount.objects.get()
    assert account.state == AccountState.CONNECTED
    MicrosoftAccount.objects.update(rests_until=None)
    drain()
    row.refresh_from_db()
    assert row.status == Status.ACCEPTED


def test_a_new_sign_in_lets_the_queue_go_on(connected, emulator):
    MicrosoftAccount.objects.update(state=AccountState.SIGN_IN_REQUIRED)
    row = factories.enqueue()
    drain()
    factories.connect(emulator)

    drain()

    row.refresh_from_db()
    assert row.status == Status.ACCEPTED


def test_a_bug_fails_its_notification_and_says_so(connected, emulator, monkeypatch, caplog):
    body = " ".join(["the", "body", "of", "the", "message"])

    def explode(*_args, **_options):
        raise ZeroDivisionError(body)

    monkeypatch.setattr("notifications.backends.microsoft.graph.backend.compose", explode)
    row = factories.enqueue()

    drain()

    row.refresh_from_db()
    assert row.status == Status.FAILED
    entry = Attempt.objects.get()
    assert (entry.code, entry.message) == ("InternalFault", "ZeroDivisionError")
    assert "ZeroDivisionError" in caplog.text
    assert body not in caplog.text


DRAFT = {"path": "/v1.0/me/messages", "method": "POST"}
EWS_DRAFT = {"path": "/ews/exchange.asmx", "operation": "CreateItem"}


@pytest.mark.parametrize(
    ("api", "fault"),
    [
        ("graph", DRAFT | {"status": 500}),
        ("graph", DRAFT | {"status": 503}),
        ("graph", DRAFT | {"status": 504}),
        ("graph", DRAFT | {"drop": "before"}),
        ("graph", DRAFT | {"drop": "after"}),
        ("ews", EWS_DRAFT | {"status": 504}),
        ("ews", EWS_DRAFT | {"drop": "after"}),
    ],
)
def test_before_it_was_submitted_no_answer_leaves_a_doubt_nor_an_error_in_the_end(
    db, emulator, client, api, fault
):
    factories.connect(emulator, api=api)
    emulator.fault(**fault, count=1)
    row = factories.enqueue()

    drain()

    row.refresh_from_db()
    assert row.status == Status.PENDING
    entry = Attempt.objects.get()
    client.force_login(factories.user())
    page = client.get(f"/notifications/attempt/{entry.pk}/change/").content.decode()
    for text in (row.error, entry.error, page):
        assert "couldn't confirm" not in text
    assert row.error == entry.error == "Microsoft didn't accept the message."
    Notification.objects.update(due_at=timezone.now())
    drain()
    row.refresh_from_db()
    assert (row.status, row.error) == (Status.ACCEPTED, "")
