"""Reports for mail that was sent as another mailbox: they are in that mailbox's Inbox."""

from datetime import timedelta

import pytest

from notifications.models import Bounce, DeliveryPoll, EmailSettings, MicrosoftAccount
from notifications.models.account import AccountState
from tests import factories

from . import tracking
from .tracking import state_of

pytestmark = pytest.mark.django_db
OPEN, CLOSED = "it@contoso.example", "facilities@contoso.example"


def connect(emulator, now, *mailboxes):
    """Sign in with the permission that further mailboxes need."""
    values = {"delegation": True, "read_reports": True, "report_mailboxes": "\n".join(mailboxes)}
    factories.connect(emulator, **values)
    begin = {"until": now.timestamp(), "seen": []}
    DeliveryPoll.objects.made().update(
        watched_until=now, read_until=dict.fromkeys(("", *mailboxes), begin)
    )


def test_a_report_to_another_mailbox_is_not_seen_unless_it_is_named(db, emulator, now):
    connect(emulator, now)
    entry = tracking.send("nobody@bounce.example", from_=OPEN)
    tracking.ask(emulator, now=now)
    assert state_of(entry) == ""


def test_a_named_mailbox_is_read_as_well(db, emulator, now):
    connect(emulator, now, OPEN)
    theirs = tracking.send("nobody@bounce.example", from_=OPEN)
    ours = tracking.send("full@bounce.example")
    tracking.ask(emulator, now=now)
    assert (state_of(theirs), state_of(ours)) == ("failed", "failed")
    assert Bounce.objects.count() == 2
    assert DeliveryPoll.objects.current().inbox_code == ""


def test_each_mailbox_is_read_on_from_where_it_was(db, emulator, now):
    connect(emulator, now, OPEN)
    tracking.send("nobody@bounce.example", from_=OPEN)
    at = tracking.ask(emulator, now=now)
    again = tracking.send("full@bounce.example", from_=OPEN)
    tracking.ask(emulator, now=at)
    assert state_of(again) == "failed"
    assert set(DeliveryPoll.objects.current().read_until) == {"", OPEN}


def test_reports_of_another_mailbox_stay_whatever_was_chosen_for_ours(db, emulator, now):
    """The permission only reads."""
    connect(emulator, now, OPEN)
    EmailSettings.objects.update(report_handling="move")
    tracking.send("nobody@bounce.example", from_=OPEN)
    tracking.ask(emulator, now=now)
    assert Bounce.objects.count() == 1
    token = emulator.sign_in(scopes=["Mail.Read.Shared"])["access_token"]
    answer = emulator.graph(token, "GET", f"/users/{OPEN}/mailFolders/inbox/messages")
    assert len(answer.json()["value"]) == 1


def test_a_mailbox_without_full_access_stops_neither_the_others_nor_mail(db, emulator, now):
    connect(emulator, now, CLOSED, OPEN)
    entry = tracking.send("nobody@bounce.example", from_=OPEN)
    at = tracking.ask(emulator, now=now)
    assert state_of(entry) == "failed"
    assert DeliveryPoll.objects.current().inbox_code == "ErrorAccessDenied"
    assert MicrosoftAccount.objects.get().state == AccountState.CONNECTED
    assert tracking.send("alex@contoso.example").result == "accepted"
    EmailSettings.objects.update(report_mailboxes=OPEN)
    tracking.ask(emulator, now=at, after=timedelta(minutes=5))
    assert DeliveryPoll.objects.current().inbox_code == ""


def test_a_sign_in_without_the_permission_reads_its_own_inbox(connected, emulator, now):
    tracking.switch_on(**tracking.REPORTS, report_mailboxes=OPEN)
    tracking.begin_now(now)
    entry = tracking.send("nobody@bounce.example")
    tracking.ask(emulator, now=now)
    assert state_of(entry) == "failed"
    assert DeliveryPoll.objects.current().inbox_code
    assert MicrosoftAccount.objects.get().state == AccountState.CONNECTED
