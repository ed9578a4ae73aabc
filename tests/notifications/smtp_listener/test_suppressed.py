"""Devices send to nobody on the suppression list either."""

import pytest

from notifications import outbox
from notifications.errors import SuppressedRecipients
from notifications.models import Attempt, EmailSettings, Notification, Suppression
from notifications.models.attempt import Result
from notifications.models.status import Status
from notifications.queue.intake import suppressed
from tests.notifications.smtp_listener.listening import ANA, SENDER

GONE, BEN = "gone@fabrikam.example", "ben@fabrikam.example"
LETTER = (
    f"From: {SENDER}\r\nTo: {ANA}, {BEN}, {GONE}\r\nSubject: Scan\r\nMessage-ID: <7@x>\r\n\r\nHello"
).encode()


@pytest.fixture(autouse=True)
def listed(smtp):
    Suppression.objects.create(address=GONE)
    suppressed.forget_remembered()


def test_the_others_get_the_message_and_the_log_says_who_does_not(speaker):
    assert speaker.deliver(LETTER, ANA, BEN, "Gone@Fabrikam.example").startswith("250")
    row, entry = Notification.objects.get(), Attempt.objects.get()
    assert row.recipients == [ANA, BEN]
    assert (entry.code, entry.notification) == ("SuppressedRecipients", row)
    assert "gone@fabrikam.example" in entry.recipients.lower()


def test_parts_of_one_message_leave_the_address_out_as_well(speaker):
    assert speaker.deliver(LETTER, ANA).startswith("250")
    assert speaker.deliver(LETTER, BEN, GONE).startswith("250")
    assert Notification.objects.get().recipients == [ANA, BEN]
    assert Attempt.objects.get().recipients == GONE


def test_where_nobody_is_left_the_device_gets_the_error(speaker, smtp):
    answer = speaker.deliver(LETTER, GONE)
    assert answer == "550 5.7.1 All recipients are on the suppression list"
    assert not Notification.objects.exists()
    smtp.write_down()
    entry = Attempt.objects.get()
    assert (entry.result, "suppression list" in entry.error) == (Result.REFUSED, True)


def test_or_the_message_is_held(speaker):
    EmailSettings.objects.update(suppression_policy="hold")
    assert speaker.deliver(LETTER, GONE).startswith("250")
    row = Notification.objects.get()
    assert (row.status, row.error.startswith("Held.")) == (Status.FAILED, True)


def test_a_message_of_a_device_that_is_sent_again_is_looked_at_too(speaker):
    Suppression.objects.all().delete()
    suppressed.forget_remembered()
    speaker.deliver(LETTER, GONE)
    Suppression.objects.create(address=GONE)
    suppressed.forget_remembered()
    with pytest.raises(SuppressedRecipients):
        outbox.send_copy(Notification.objects.get(), initiator="test")
    assert Notification.objects.count() == 1
