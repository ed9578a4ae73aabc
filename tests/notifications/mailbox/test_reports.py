"""Reading the reports in the Inbox of the emulator."""

from datetime import timedelta

import pytest

from notifications.mailbox import delivery_round
from notifications.mailbox.connection import Connection
from notifications.models import (
    Attempt,
    Bounce,
    DeliveryFact,
    DeliveryPoll,
    EmailSettings,
)
from tests.notifications.backends.reports.samples import exchange

from . import tracking
from .reporting import INTERNAL, report_about, take
from .tracking import state_of

pytestmark = pytest.mark.django_db


def test_a_report_in_the_inbox_tells_what_became_of_the_message(reading, now):
    entry = tracking.send("nobody@bounce.example", "alex@contoso.example")
    tracking.ask(reading, now=now)
    assert state_of(entry) == "failed"
    fact = DeliveryFact.objects.get()
    assert (fact.recipient, fact.source, fact.code) == (
        "nobody@bounce.example", "report", "5.1.10",
    )  # fmt: skip
    bounce = Bounce.objects.get()
    assert (bounce.entry, bounce.is_proven) == (entry, True)


def test_a_report_is_found_in_any_language(reading, now):
    reading.control(
        "POST",
        "deliveries",
        json={
            "address": "*@elsewhere.example", "status": "failed", "code": "5.2.2",
            "text": "552 5.2.2 voll", "report": True, "language": "et",
        },
    )  # fmt: skip
    entry = tracking.send("anna@elsewhere.example", subject="Prüfung ✓")
    tracking.ask(reading, now=now)
    assert state_of(entry) == "failed"


def test_reading_again_changes_nothing(reading, now):
    tracking.send("nobody@bounce.example")
    at = tracking.ask(reading, now=now)
    tracking.ask(reading, now=at)
    DeliveryPoll.objects.update(read_until={"": {"until": now.timestamp(), "seen": []}})
    tracking.ask(reading, now=at)
    assert (DeliveryFact.objects.count(), Bounce.objects.count()) == (1, 1)


def test_reports_stay_where_they_are_unless_somebody_chose_otherwise(reading, now):
    tracking.send("nobody@bounce.example")
    tracking.ask(reading, now=now)
    (report,) = _inbox(reading)
    assert not report["isRead"]


def test_reports_are_marked_as_read(reading, now):
    EmailSettings.objects.update(report_handling="read")
    tracking.send("nobody@bounce.example")
    tracking.ask(reading, now=now)
    (report,) = _inbox(reading)
    assert report["isRead"]


def test_reports_are_moved_to_the_folder_which_is_made(reading, now):
    EmailSettings.objects.update(report_handling="move", report_folder="Bounces & more")
    tracking.send("nobody@bounce.example")
    at = tracking.ask(reading, now=now)
    tracking.send("full@bounce.example")
    tracking.ask(reading, now=at)
    assert _inbox(reading) == []
    assert Bounce.objects.count() == 2


def _inbox(emulator):
    """What the Inbox of the service desk has, read with the connector's own sign-in."""
    saved = EmailSettings.objects.current()
    token = Connection.of(saved.values()).token(saved.account).secret
    answer = emulator.session.get(
        f"{emulator.https}/v1.0/me/mailFolders/inbox/messages",
        headers={"Authorization": f"Bearer {token}"},
    )
    return answer.json()["value"]


def test_a_report_for_one_of_three_recipients_concerns_that_one(reading, now):
    entry = tracking.send("a@elsewhere.example", "b@elsewhere.example", "c@elsewhere.example")
    take(report_about(entry, "b@elsewhere.example"), now=now)
    assert list(DeliveryFact.objects.values_list("recipient", flat=True)) == ["b@elsewhere.example"]


def test_an_address_that_the_message_did_not_go_to_is_a_bounce_of_no_known_message(reading, now):
    entry = tracking.send("a@elsewhere.example")
    take(report_about(entry, "stranger@elsewhere.example"), now=now)
    assert not DeliveryFact.objects.exists()
    bounce = Bounce.objects.get()
    assert (bounce.entry, bounce.address) == (None, "stranger@elsewhere.example")
    assert ["Subject", "Undeliverable: Ticket 4711"] in bounce.headers


def test_a_report_that_comes_before_its_message_is_logged_finds_it_later(reading, now):
    gone = "gone@fabrikam.example"  # the emulator writes no report of its own about it
    entry = tracking.send(gone)
    raw, pk = report_about(entry, gone, **INTERNAL), entry.pk
    Attempt.objects.filter(pk=pk).update(result="unconfirmed")
    take(raw, now=now)
    assert Bounce.objects.get().entry is None
    Attempt.objects.filter(pk=pk).update(result="accepted")
    delivery_round.run(now=now + timedelta(minutes=5))
    assert Bounce.objects.get().entry == entry
    assert state_of(entry) == "failed"


def test_a_report_for_a_deleted_notification_is_kept_with_its_log_entry(reading, now):
    entry = tracking.send("nobody@bounce.example")
    entry.notification.delete()
    take(report_about(entry), now=now)
    assert state_of(entry) == "failed"


def test_a_report_for_a_message_that_was_sent_again_concerns_the_right_one(reading, now):
    first, second = (tracking.send("nobody@bounce.example") for _n in range(2))
    take(report_about(second), now=now)
    assert (state_of(first), state_of(second)) == ("", "failed")


def test_the_same_report_again_and_again_is_one_fact(reading, now):
    entry = tracking.send("nobody@bounce.example")
    for _n in range(3):
        take(report_about(entry, **INTERNAL), now=now)
    assert (DeliveryFact.objects.count(), Bounce.objects.count()) == (1, 1)


def test_delayed_is_no_result_yet(reading, now):
    entry = tracking.send("late@elsewhere.example")
    block = "Final-Recipient: rfc822;late@elsewhere.example\nAction: delayed\nStatus: 4.4.7"
    raw = exchange(block).replace(
        b"<20261128140200.4711@contoso.example>", entry.message_id.encode()
    )
    take(raw, now=now)
    assert state_of(entry) == "pending"
    assert not Bounce.objects.exists()
