"""What leaves, in which order, when, and how it looks."""

from datetime import timedelta

import pytest
from django.utils import timezone

from notifications import outbox
from notifications.models import ApiNotification, Attempt, Callback, EmailSettings, Notification
from notifications.models.attempt import Result
from notifications.models.notification import Priority
from notifications.models.status import Status
from notifications.queue.engine import claims
from notifications.queue.engine.lane import THREADS_WITH_REFERENCES
from tests import factories
from tests.exchange_emulator.emulator import DESK
from tests.notifications.queue.steps import SEND, change_settings, drain

pytestmark = pytest.mark.django_db(transaction=True)


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


def test_the_log_does_not_keep_the_subject_of_a_sensitive_notification(connected, emulator):
    factories.enqueue(subject="Secret", sensitive=True)

    drain()

    assert emulator.messages()[0]["subject"] == "Secret"
    assert Attempt.objects.get().subject == "(sensitive)"


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
    for i in range(40):
        factories.enqueue(subject=f"bulk {i}", priority=Priority.BULK)
    urgent = factories.enqueue(subject="urgent", priority=Priority.URGENT)

    drain()

    subjects = [m["subject"] for m in emulator.messages()]
    assert len(subjects) == len(set(subjects)) == 41
    entries = list(Attempt.objects.order_by("pk").values_list("notification", flat=True))
    # It is begun first; of those begun together any may be the first to end.
    assert entries.index(urgent.pk) < 2 * THREADS_WITH_REFERENCES
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


def test_the_pace_lets_a_burst_go_and_then_makes_wait(connected, emulator):
    change_settings(messages_a_minute=1)
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
    monkeypatch.setattr(claims, "BATCH", 1)
    bulk = factories.enqueue(subject="bulk", priority=Priority.BULK)
    for i in range(20):
        factories.enqueue(subject=f"urgent {i}", priority=Priority.URGENT)

    drain()

    order = list(Attempt.objects.order_by("pk").values_list("notification", flat=True))
    assert 0 < order.index(bulk.pk) < 10
