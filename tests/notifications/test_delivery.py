"""Drains against the emulator: what becomes of a notification, whatever happens on the way."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from notifications import delivery, outbox, tasks, vault
from notifications.models import (
    ApiNotification,
    Attempt,
    Callback,
    EmailSettings,
    MicrosoftAccount,
    Notification,
)
from notifications.models.account import AccountState
from notifications.models.attempt import Result
from notifications.models.notification import Priority, Status
from tests import factories
from tests.exchange_emulator.emulator import DESK

pytestmark = pytest.mark.django_db(transaction=True)
SEND = "/v1.0/me/messages/*/send"


@pytest.fixture(autouse=True)
def woken(monkeypatch):
    """No broker: the tests drain themselves."""
    monkeypatch.setattr(tasks.drain, "apply_async", lambda **_options: None)


@pytest.fixture(autouse=True)
def doubts_are_settled_at_once(settings):
    settings.DOUBT_GRACE = timedelta(0)


def drain(**options):
    return delivery.drain(worker="test:1", **options)


def results():
    return list(Attempt.objects.order_by("pk").values_list("result", flat=True))


def change_settings(**values):
    EmailSettings.objects.filter(pk=1).update(**values)


def test_a_notification_reaches_the_mailbox_and_the_log(connected, emulator):
    row = factories.enqueue(subject="Hi")

    drain()

    (sent,) = emulator.messages()
    assert (sent["subject"], sent["from"]) == ("Hi", DESK)
    row.refresh_from_db()
    assert (row.status, row.attempts) == (Status.ACCEPTED, 1)
    entry = Attempt.objects.get()
    assert (entry.result, entry.http_status, entry.message_id) == (
        Result.ACCEPTED, 202, row.message_id,
    )  # fmt: skip
    assert entry.request_id
    assert entry.client_request_id
    assert entry.size > 0


@pytest.mark.parametrize(
    ("code", "event"), [("", "message.accepted"), ("ErrorInvalidRecipients", "message.failed")]
)
def test_the_application_that_handed_a_message_over_will_be_told(connected, emulator, code, event):
    if code:
        emulator.fault(path=SEND, error_code=code, count=1)
    api_key, _token = factories.api_key(callback_url="https://desk.contoso.example/hook")
    row = factories.enqueue()
    ApiNotification.objects.create(notification=row, api_key=api_key)

    drain()

    callback = Callback.objects.get()
    assert (callback.notification_id, callback.event) == (row.pk, event)


def test_ews_carries_the_queue_as_well(db, emulator):
    factories.connect(emulator, api="ews")
    emulator.fault(path="/ews/exchange.asmx", operation="SendItem", drop="after", count=1)
    rows = [factories.enqueue() for _ in range(3)]

    drain()
    drain()

    assert len(emulator.messages()) == 3
    for row in rows:
        row.refresh_from_db()
        assert row.status == Status.ACCEPTED


def test_direct_sending_needs_no_draft(connected, emulator):
    change_settings(protection=False)
    factories.enqueue()

    drain()

    (sent,) = emulator.messages()
    assert sent["api"] == "graph-sendmail"


def test_many_notifications_leave_once_each_and_urgent_ones_first(connected, emulator):
    for i in range(12):
        factories.enqueue(subject=f"bulk {i}", priority=Priority.BULK)
    urgent = factories.enqueue(subject="urgent", priority=Priority.URGENT)

    drain()

    subjects = [m["subject"] for m in emulator.messages()]
    assert len(subjects) == len(set(subjects)) == 13
    entries = list(Attempt.objects.order_by("pk").values_list("notification", flat=True))
    assert entries.index(urgent.pk) < 8
    assert emulator.control("GET", "stats").json()["top_concurrency"][DESK] <= 4


@pytest.mark.parametrize(
    "change",
    [
        {"service": "none"},
        {"account": None},
    ],
)
def test_without_service_or_account_notifications_wait(connected, emulator, change):
    change_settings(**change)
    row = factories.enqueue()

    drain()

    row.refresh_from_db()
    assert row.status == Status.PENDING
    assert emulator.messages() == []


def test_what_was_made_in_practice_mode_is_never_sent_for_real(connected, emulator):
    row = factories.enqueue()
    Notification.objects.filter(pk=row.pk).update(cloud="global")

    assert drain() is None

    row.refresh_from_db()
    assert row.status == Status.PENDING


def test_a_paused_queue_sends_only_what_a_person_sends_now(connected, emulator):
    factories.enqueue(subject="waits")
    chosen = factories.enqueue(subject="chosen")
    outbox.pause(by="megan")
    outbox.send_now(Notification.objects.filter(pk=chosen.pk))

    drain()

    assert [m["subject"] for m in emulator.messages()] == ["chosen"]


def test_a_bad_recipient_fails_alone(connected, emulator):
    error = {"error": {"code": "ErrorInvalidRecipients", "message": "not resolved"}}
    emulator.fault(path=SEND, status=400, body=error, count=1)
    for i in range(3):
        factories.enqueue(subject=str(i))

    drain()

    assert len(emulator.messages()) == 2
    failed = Notification.objects.get(status=Status.FAILED)
    assert failed.error == "A recipient was refused."
    entry = Attempt.objects.get(result=Result.FAILED)
    assert (entry.code, entry.message) == ("ErrorInvalidRecipients", "not resolved")


def test_a_failure_that_was_certainly_not_sent_is_tried_again_later(connected, emulator):
    emulator.fault(path="/v1.0/me/messages", method="POST", status=503, count=1)
    row = factories.enqueue()

    wake_at = drain()

    row.refresh_from_db()
    assert (row.status, row.attempts) == (Status.PENDING, 1)
    assert row.due_at > timezone.now()
    assert wake_at == row.due_at
    assert results() == [Result.DEFERRED]


def test_a_throttled_mailbox_rests_and_the_attempt_does_not_count(connected, emulator):
    error = {"error": {"code": "ApplicationThrottled", "message": "MailboxConcurrency"}}
    emulator.fault(path=SEND, status=429, body=error, retry_after=120, count=1)
    row = factories.enqueue()

    wake_at = drain()

    row.refresh_from_db()
    assert (row.status, row.attempts) == (Status.PENDING, 0)
    account = MicrosoftAccount.objects.get()
    assert account.rests_until == wake_at
    assert wake_at > timezone.now() + timedelta(seconds=110)
    assert drain() == account.rests_until
    assert len(results()) == 1


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
    EmailSettings.objects.current()
    MicrosoftAccount.objects.update(cache=_without_access_token())
    rows = [factories.enqueue() for _ in range(2)]

    drain()
    drain()

    account = MicrosoftAccount.objects.get()
    assert account.state == AccountState.SIGN_IN_REQUIRED
    for row in rows:
        row.refresh_from_db()
        assert (row.status, row.attempts) == (Status.PENDING, 0)
    assert emulator.messages() == []


def _without_access_token():
    account = MicrosoftAccount.objects.get()
    cache = json.loads(vault.unseal(account.cache))
    cache.pop("AccessToken")
    return vault.seal(json.dumps(cache))


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


def test_a_worker_that_died_before_its_checkpoint_has_sent_nothing(connected, emulator, now):
    row = factories.enqueue()
    Notification.objects.claim([row.pk], worker="dead", now=now, lease=timedelta(seconds=-1))

    drain()

    row.refresh_from_db()
    assert (row.status, row.attempts) == (Status.ACCEPTED, 1)
    assert len(emulator.messages()) == 1


def test_a_living_workers_row_is_left_alone(connected, emulator, now):
    row = factories.enqueue()
    Notification.objects.claim([row.pk], worker="alive", now=now, lease=timedelta(minutes=1))

    drain()

    row.refresh_from_db()
    assert (row.status, row.claimed_by) == (Status.SENDING, "alive")


def test_one_drainer_at_a_time_has_the_lane(connected, emulator, now):
    factories.enqueue()
    MicrosoftAccount.objects.take_lane(
        connected.account.pk, owner="other", now=now, lease=timedelta(minutes=1)
    )

    assert drain() is None

    assert emulator.messages() == []


def test_a_stopping_worker_starts_nothing(connected, emulator):
    row = factories.enqueue()

    drain(is_stopping=lambda: True)

    row.refresh_from_db()
    assert row.status == Status.PENDING
    assert MicrosoftAccount.objects.get().lane_owner == ""


def test_the_pace_lets_a_burst_go_and_then_makes_wait(connected, emulator, monkeypatch):
    monkeypatch.setattr(delivery, "DRAIN_TIME", timedelta(milliseconds=300))
    change_settings(messages_a_minute=30)
    for _ in range(6):
        factories.enqueue()

    wake_at = drain()

    assert len(emulator.messages()) == 4
    assert timezone.now() < wake_at + timedelta(seconds=1)


def test_an_expired_notification_is_not_sent(connected, emulator, now):
    row = factories.enqueue(expires_at=now + timedelta(minutes=1))
    Notification.objects.filter(pk=row.pk).update(expires_at=now - timedelta(seconds=1))

    drain()

    row.refresh_from_db()
    assert row.status == Status.EXPIRED
    assert emulator.messages() == []


def test_a_notification_for_later_waits_for_its_time(connected, emulator, now):
    later = now + timedelta(minutes=5)
    factories.enqueue(due_at=later)

    assert drain() == later

    assert emulator.messages() == []


def test_saved_settings_end_a_drain_so_that_the_next_one_takes_them(connected, emulator):
    factories.enqueue()
    stale = EmailSettings.objects.current()
    change_settings(version=stale.version + 1)
    drain()

    assert len(emulator.messages()) == 1


def test_a_bug_fails_its_notification_and_says_so(connected, emulator, monkeypatch, caplog):
    body = " ".join(["the", "body", "of", "the", "message"])

    def explode(*_args, **_options):
        raise ZeroDivisionError(body)

    monkeypatch.setattr("notifications.backends.graph.compose", explode)
    row = factories.enqueue()

    drain()

    row.refresh_from_db()
    assert row.status == Status.FAILED
    entry = Attempt.objects.get()
    assert (entry.code, entry.message) == ("InternalFault", "ZeroDivisionError")
    assert "ZeroDivisionError" in caplog.text
    assert body not in caplog.text


def test_delegation_sends_from_the_shared_address(connected, emulator):
    factories.connect(emulator, delegation=True, from_address="it@contoso.example")
    factories.enqueue()
    factories.enqueue(from_="facilities@contoso.example", subject="own")

    drain()

    senders = {m["subject"]: m["from"] for m in emulator.messages()}
    assert senders == {"Hi": "it@contoso.example", "own": "facilities@contoso.example"}


def test_the_character_set_of_the_settings_is_that_of_the_message(connected, emulator):
    change_settings(charset="iso-8859-1")
    factories.enqueue(text="Grüße")

    drain()

    mime = emulator.mime(emulator.messages()[0]["n"])
    assert b'charset="iso-8859-1"' in mime
    assert Attempt.objects.get().charset == "iso-8859-1"


def test_a_character_that_the_set_lacks_makes_it_utf_8_and_the_log_says_so(connected, emulator):
    change_settings(charset="iso-8859-1")
    factories.enqueue(text="日本")

    drain()

    entry = Attempt.objects.get()
    assert entry.charset == "utf-8"
    assert "U+65E5" in entry.note


def test_bulk_moves_on_although_urgent_mail_keeps_coming(connected, emulator, monkeypatch):
    monkeypatch.setattr(delivery, "THREADS", 1)
    bulk = factories.enqueue(subject="bulk", priority=Priority.BULK)
    for i in range(20):
        factories.enqueue(subject=f"urgent {i}", priority=Priority.URGENT)

    drain()

    order = list(Attempt.objects.order_by("pk").values_list("notification", flat=True))
    assert 0 < order.index(bulk.pk) < 10


def test_a_worker_that_must_stop_leaves_what_has_no_answer_to_be_settled(
    connected, emulator, monkeypatch
):
    monkeypatch.setattr(delivery, "STOP_TIME", timedelta(milliseconds=100))
    emulator.fault(path=SEND, latency_ms=3000, count=1)
    row = factories.enqueue()
    asked = []

    drain(is_stopping=lambda: len(asked.append(1) or asked) > 4)

    row.refresh_from_db()
    assert row.status == Status.SENDING
    assert row.claimed_until <= timezone.now() + timedelta(seconds=1)
    assert MicrosoftAccount.objects.get().lane_owner == ""
