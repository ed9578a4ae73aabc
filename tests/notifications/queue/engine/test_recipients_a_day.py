"""The limit of recipients in 24 hours."""

from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.audit.record import CONNECTOR
from notifications.mailbox.save import save_settings
from notifications.models import (
    Attempt,
    ConnectionEvent,
    EmailSettings,
    MicrosoftAccount,
    Notification,
)
from notifications.models.event import EventKind
from notifications.models.notification import Priority
from notifications.models.status import Status
from notifications.queue import overview
from notifications.queue.engine import claims
from tests import factories
from tests.notifications.queue.steps import SEND, change_settings, drain

pytestmark = pytest.mark.django_db(transaction=True)
THREE = "a@contoso.example, b@contoso.example, c@contoso.example"


def test_what_goes_beyond_the_limit_waits_until_there_is_room_again(connected, emulator):
    change_settings(recipients_a_day=7)
    rows = [factories.enqueue(to=THREE) for _ in range(3)]

    wake_at = drain()
    drain()

    assert len(emulator.messages()) == 2
    rows[-1].refresh_from_db()
    assert (rows[-1].status, rows[-1].attempts) == (Status.PENDING, 0)
    oldest = Attempt.objects.order_by("at").first()
    assert timedelta() <= wake_at - oldest.at - timedelta(days=1) < timedelta(minutes=1)
    assert MicrosoftAccount.objects.get().day_full_until == wake_at
    event = ConnectionEvent.objects.get(kind=EventKind.DAY_FULL)
    assert event.until >= wake_at


@pytest.mark.parametrize("pace", [0, 30])
def test_large_messages_that_do_not_fit_keep_no_small_one_from_leaving(connected, emulator, pace):
    change_settings(recipients_a_day=4, messages_a_minute=pace)
    factories.enqueue(subject="first")
    drain()
    many = ", ".join(f"u{i}@contoso.example" for i in range(4))
    for _ in range(5):
        factories.enqueue(subject="large", to=many, priority=Priority.URGENT)
    factories.enqueue(subject="small")

    drain()

    assert [m["subject"] for m in emulator.messages()] == ["first", "small"]


def test_the_day_has_room_again_once_what_did_not_fit_is_gone(connected, emulator):
    change_settings(recipients_a_day=4)
    factories.enqueue(to=THREE)
    large = factories.enqueue(to=THREE)
    drain()
    assert MicrosoftAccount.objects.get().day_full_until
    Notification.objects.filter(pk=large.pk).delete()
    factories.enqueue()

    drain()

    assert MicrosoftAccount.objects.get().day_full_until is None


def test_a_message_that_reached_nobody_uses_none_of_the_day(connected, emulator, monkeypatch):
    monkeypatch.setattr(claims, "BATCH", 1)
    change_settings(recipients_a_day=4)
    emulator.fault(path=SEND, error_code="ErrorInvalidRecipients", count=1)
    for _ in range(2):
        factories.enqueue(to=THREE)

    drain()

    assert len(emulator.messages()) == 1


def test_recipients_of_more_than_a_day_ago_do_not_count(connected, emulator):
    change_settings(recipients_a_day=3)
    factories.enqueue(to=THREE)
    drain()
    Attempt.objects.update(at=timezone.now() - timedelta(days=1, seconds=1))
    factories.enqueue(to=THREE)

    drain()

    assert len(emulator.messages()) == 2


def test_a_message_that_is_larger_than_the_limit_leaves_alone(connected, emulator):
    change_settings(recipients_a_day=2)
    factories.enqueue(to=THREE)

    drain()

    assert Notification.objects.get().status == Status.ACCEPTED


def test_the_queue_says_that_the_limit_holds_mail_back(connected, emulator, now):
    change_settings(recipients_a_day=3)
    for _ in range(2):
        factories.enqueue(to=THREE)
    drain()

    texts = {o.code: o.text for o in overview.read(now=now).obstacles}
    assert "limit of 3 recipients" in texts["recipients_a_day"]


def test_a_raised_limit_counts_at_once(connected, emulator):
    change_settings(recipients_a_day=3)
    for _ in range(2):
        factories.enqueue(to=THREE)
    drain()
    row = EmailSettings.objects.current()
    row.recipients_a_day = 6

    user = factories.user()
    save_settings(row.values(), row.account, version=row.version, user=user, by=CONNECTOR)
    drain()

    assert len(emulator.messages()) == 2
