"""Find and erase an address."""

from datetime import timedelta
from unittest.mock import Mock

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from notifications.audit.record import CONNECTOR
from notifications.log import delivery, erasure, watches
from notifications.log.delivery import Said
from notifications.mailbox import results, trace
from notifications.mailbox.connection import Connection
from notifications.models import (
    Attempt,
    AuditEvent,
    Bounce,
    ConnectionEvent,
    DeliveryFact,
    DeliveryWatch,
    EmailSettings,
    Notification,
    SmtpSession,
    Suppression,
)
from notifications.models.delivery.state import DeliverySource, DeliveryState
from notifications.queue.intake import suppressed
from tests import factories
from tests.notifications.admin.browsing import client

from .told import entry, say

pytestmark = pytest.mark.django_db
LIST = "/notifications/suppression/"
ERASE = "/notifications/attempt/erase/"


def test_an_address_is_erased_everywhere_and_others_stay(megan, now):
    mine = factories.enqueue(to="anna@fabrikam.example")
    both = factories.enqueue(to=["anna@fabrikam.example", "ben@fabrikam.example"])
    row = entry(now, "Anna <anna@fabrikam.example>", "anna@fabrikam.example.org", notification=None)
    say(row, DeliveryState.FAILED)
    Bounce.objects.create(at=now, address="anna@fabrikam.example", entry=row)
    Suppression.objects.create(address="anna@fabrikam.example")
    found = megan.post(ERASE, {"address": "Anna@fabrikam.example", "find": "1"})
    assert "In the queue" in found.content.decode()

    megan.post(ERASE, {"address": "anna@fabrikam.example", "erase": "1"})

    row.refresh_from_db()
    assert row.recipients == "Anna <(erased)>, anna@fabrikam.example.org"
    assert "anna@fabrikam.example " not in f"{row.search} "
    assert not row.delivery_facts.exists()
    assert not Bounce.objects.exists()
    assert not Suppression.objects.exists()
    assert not Notification.objects.filter(pk=mine.pk).exists()
    both.refresh_from_db()
    assert both.to == ["ben@fabrikam.example"]
    event = ConnectionEvent.objects.get(kind="address_erased")
    assert event.who
    assert "anna" not in f"{event.detail}{event.account}"
    again = megan.post(ERASE, {"address": "anna@fabrikam.example", "find": "1"})
    assert "Nothing is kept of this address." in again.content.decode()


def test_a_sent_notification_whose_log_entry_is_gone_is_erased_with_its_body(megan, now):
    alone = factories.enqueue(to="anna@fabrikam.example")
    longer = factories.enqueue(to="joanna@fabrikam.example")
    Notification.objects.update(status="accepted", accepted_at=now)
    Attempt.objects.all().delete()
    megan.post(ERASE, {"address": "anna@fabrikam.example", "erase": "1"})
    assert list(Notification.objects.all()) == [longer]
    assert not Notification.objects.filter(pk=alone.pk).exists()
    again = megan.post(ERASE, {"address": "anna@fabrikam.example", "find": "1"})
    assert "Nothing is kept of this address." in again.content.decode()


def test_an_address_is_erased_in_sessions_of_devices_and_in_the_history_of_pages(megan, now):
    megan.post(f"{LIST}add/", {"address": "anna@fabrikam.example"})
    heard = [[0.1, "C", "RCPT TO:<anna@fabrikam.example>"], [0.2, "S", "250 OK"]]
    session = SmtpSession.objects.create(client=factories.smtp_client(), at=now, lines=heard)
    found = megan.post(ERASE, {"address": "anna@fabrikam.example", "find": "1"})
    assert "SMTP sessions</dt><dd>1</dd>" in found.content.decode()

    megan.post(ERASE, {"address": "anna@fabrikam.example", "erase": "1"})

    session.refresh_from_db()
    assert session.lines == [[0.1, "C", "RCPT TO:<(erased)>"], [0.2, "S", "250 OK"]]
    assert not LogEntry.objects.filter(object_repr__contains="anna").exists()
    assert not AuditEvent.objects.filter(object_name__contains="anna").exists()


def test_each_turn_of_erasing_is_told(now):
    factories.enqueue(to="anna@fabrikam.example")

    assert not erasure.erase("anna@fabrikam.example", by=CONNECTOR, now=now, turn=-1)
    assert erasure.erase("anna@fabrikam.example", by=CONNECTOR, now=now)

    told = AuditEvent.objects.filter(act="erased").order_by("pk")
    assert [event.details["is_complete"] for event in told] == [False, True]


def test_a_turn_of_erasing_that_is_killed_is_told(now, monkeypatch):
    row = factories.enqueue(to="anna@fabrikam.example")
    monkeypatch.setattr(erasure, "_sessions", Mock(side_effect=SystemExit))

    with pytest.raises(SystemExit):
        erasure.erase("anna@fabrikam.example", by=CONNECTOR, now=now)

    assert not Notification.objects.filter(pk=row.pk).exists()
    assert AuditEvent.objects.get(act="erased").details == {"is_complete": False}


@pytest.mark.parametrize("role", ["Operator", "Auditor"])
def test_only_administrators_erase(db, role):
    browser: Client = client(role)
    assert browser.get(ERASE).status_code == 403
    assert browser.post(ERASE, {"address": "a@x.example", "erase": "1"}).status_code == 403


def test_the_other_recipients_of_a_message_are_still_asked_about(now):
    row = entry(now, "anna@fabrikam.example", "ben@fabrikam.example")
    watches.begin(now=now + timedelta(minutes=1))
    say(row, DeliveryState.FAILED)
    erasure.erase("anna@fabrikam.example", by=CONNECTOR, now=now)

    assert DeliveryWatch.objects.get().recipients == ["ben@fabrikam.example"]
    row.refresh_from_db()
    assert (row.delivery, delivery.recipients_of(row)) == ("pending", ["ben@fabrikam.example"])
    say(row, DeliveryState.DELIVERED, "ben@fabrikam.example")
    row.refresh_from_db()
    assert (row.delivery, row.delivered_count) == ("delivered", 1)


def test_a_message_to_an_erased_address_alone_keeps_its_result(now):
    row = entry(now, "anna@fabrikam.example")
    watches.begin(now=now + timedelta(minutes=1))
    say(row, DeliveryState.FAILED)
    erasure.erase("anna@fabrikam.example", by=CONNECTOR, now=now)

    row.refresh_from_db()
    assert (row.delivery, DeliveryWatch.objects.count()) == ("failed", 0)


ANNA = "anna@fabrikam.example"


def test_an_answer_that_comes_while_an_address_is_erased_brings_it_not_back(unconnected, now):
    row = entry(now, ANNA, "ben@fabrikam.example")
    failed = DeliveryState.FAILED
    told = [Said(ANNA, source, failed, now, code="5.1.1") for source in DeliverySource]
    erasure.erase(ANNA, by=CONNECTOR, now=now)
    results.apply({row.pk: told}, connection=Connection.saved(), now=now)

    assert not DeliveryFact.objects.exists()
    assert not Bounce.objects.exists()
    row.refresh_from_db()
    assert row.delivery == "pending"


def test_two_addresses_that_are_erased_at_once_are_both_erased(now):
    row = entry(now, ANNA, "ben@fabrikam.example")
    both = [(each, list(erasure._entries(each))) for each in (ANNA, "ben@fabrikam.example")]
    for address, pieces in both:
        for piece in pieces:
            erasure._erase_entries(piece, address)

    row.refresh_from_db()
    assert row.recipients == "(erased), (erased)"


@pytest.mark.parametrize("kept", ["", "pending", "failed"])
def test_a_message_whose_recipients_were_all_erased_keeps_its_word(unconnected, now, kept):
    row = entry(now, ANNA, delivery=kept)
    erasure.erase(ANNA, by=CONNECTOR, now=now)
    assert watches.begin(now=now + timedelta(minutes=1)) == 0
    assert not DeliveryWatch.objects.exists()

    # Watched by an earlier version, which asked about nobody.
    DeliveryWatch.objects.create(entry=row, accepted_at=now, due_at=now)
    trace.give_up(Connection.saved(), now=now + timedelta(days=3))
    row.refresh_from_db()
    assert (row.delivery, DeliveryWatch.objects.count()) == (kept, 0)


def test_what_holds_a_message_to_two_names_the_erased_one_no_more(now):
    gone = ["anna@fabrikam.example", "ben@fabrikam.example"]
    Suppression.objects.bulk_create(Suppression(address=each) for each in gone)
    EmailSettings.objects.update_or_create(pk=1, defaults={"suppression_policy": "hold"})
    suppressed.forget_remembered()
    held = factories.enqueue(to=gone)
    assert "anna" in held.error
    erasure.erase("anna@fabrikam.example", by=CONNECTOR, now=now)

    held.refresh_from_db()
    assert "anna" not in held.error
    assert "ben@fabrikam.example" in held.error
