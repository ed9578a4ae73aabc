"""What is in the way of the reports in an Inbox: floods, refusals, clocks that were wrong."""

from datetime import timedelta

import pytest

from notifications.backends.errors import (
    Answer,
    AuthError,
    PermanentError,
    ThrottledError,
    TransientError,
)
from notifications.backends.microsoft.graph import inbox
from notifications.backends.microsoft.graph.inbox import Found
from notifications.mailbox import delivery_access, delivery_round, reports
from notifications.mailbox.connection import Connection
from notifications.models import (
    Bounce,
    DeliveryPoll,
    EmailSettings,
    MicrosoftAccount,
)
from notifications.models.account import AccountState

from . import tracking
from .tracking import state_of

pytestmark = pytest.mark.django_db


class Flood:
    """An Inbox that lists so many reports at once, of which none is one of ours."""

    is_own = True

    def __init__(self, found, *, listed):
        self.found, self.listed, self.read = found, listed, []

    def reports(self, *, since):
        return iter([each for each in self.found if each.received_at >= since][: self.listed])

    def mime(self, found):
        self.read.append(found.id)
        return b"no report"

    def close(self):
        """Nothing is open."""


@pytest.mark.parametrize("a_second", [0.5, 2, 50])
def test_a_flood_of_reports_is_read_to_its_end_and_each_once(
    reading, connected, now, monkeypatch, a_second
):
    monkeypatch.setattr(reports, "_MOST_AT_ONCE", 10)
    monkeypatch.setattr(reports, "_MOST_REMEMBERED", 60)
    begin = now.replace(microsecond=0)
    every = [Found(f"id{n}", begin + timedelta(seconds=n / a_second)) for n in range(200)]
    flood = Flood(every, listed=70)
    monkeypatch.setattr(delivery_access, "open_inbox", lambda *_args, **_named: flood)
    account = MicrosoftAccount.objects.get()

    for _round in range(21):
        reports.read_all(Connection.saved(), account, now=every[-1].received_at)

    assert flood.read == [each.id for each in every]


@pytest.mark.parametrize("most", [2, 2000])
def test_a_time_to_come_ends_the_reading_of_no_other(reading, connected, now, monkeypatch, most):
    monkeypatch.setattr(reports, "_MOST_REMEMBERED", most)
    ahead = [Found(f"ahead{n}", now + timedelta(days=300_000 + n)) for n in range(3)]
    flood = Flood(ahead, listed=70)
    monkeypatch.setattr(delivery_access, "open_inbox", lambda *_args, **_named: flood)
    account = MicrosoftAccount.objects.get()
    reports.read_all(Connection.saved(), account, now=now)

    flood.found.insert(0, Found("later", now + timedelta(minutes=1)))
    reports.read_all(Connection.saved(), account, now=now + timedelta(minutes=2))

    assert "later" in flood.read


def test_a_clock_that_was_ahead_ends_no_reading(reading, now):
    tracking.send("nobody@bounce.example")
    ahead = (now + timedelta(days=300)).timestamp()
    DeliveryPoll.objects.update(
        read_until={"": {"until": ahead, "seen": {}}}, asking_until=now + timedelta(days=300)
    )
    tracking.ask(reading, now=now)
    assert Bounce.objects.exists()


def test_what_came_in_a_break_is_read_although_nothing_had_been_read_before(
    connected, emulator, now
):
    tracking.switch_on(**tracking.REPORTS)
    delivery_round.run(now=now)
    tracking.send("nobody@bounce.example")
    tracking.ask(emulator, now=now, after=timedelta(minutes=40))
    assert Bounce.objects.exists()


@pytest.mark.parametrize("error", [AuthError, PermanentError])
def test_what_cannot_be_moved_is_read_all_the_same_and_told(reading, now, monkeypatch, error):
    def refuse(*_arguments):
        raise error(Answer(403, "ErrorAccessDenied"))

    monkeypatch.setattr(inbox.InboxReader, "folder", refuse)
    EmailSettings.objects.update(report_handling="move")
    for _n in range(3):
        tracking.send("nobody@bounce.example")
    tracking.ask(reading, now=now)
    assert Bounce.objects.count() == 3
    assert DeliveryPoll.objects.current().inbox_code == "ErrorAccessDenied"


def test_what_somebody_else_has_deleted_meanwhile_is_no_fault(reading, now, monkeypatch):
    def is_gone(*_arguments):
        raise PermanentError(Answer(404, "ErrorItemNotFound"))

    monkeypatch.setattr(inbox.InboxReader, "mark_as_read", is_gone)
    EmailSettings.objects.update(report_handling="read")
    tracking.send("nobody@bounce.example")
    tracking.ask(reading, now=now)
    assert Bounce.objects.count() == 1
    assert DeliveryPoll.objects.current().inbox_code == ""


def test_the_reader_lists_more_than_is_remembered():
    assert inbox.MOST_LISTED >= reports._MOST_REMEMBERED + reports._MOST_AT_ONCE


def test_progress_of_before_is_read(reading, connected, now):
    tracking.send("nobody@bounce.example")
    at = tracking.ask(reading, now=now)
    kept = DeliveryPoll.objects.current().read_until[""]
    DeliveryPoll.objects.update(
        read_until={"": {"until": kept["until"], "seen": list(kept["seen"])}}
    )
    Bounce.objects.all().delete()
    tracking.ask(reading, now=at)
    assert not Bounce.objects.exists()


def test_mail_goes_on_while_an_inbox_cannot_be_read(reading, now):
    reading.fault(path="/v1.0/me/mailfolders/inbox/*", status=503)
    tracking.ask(reading, now=now)
    assert DeliveryPoll.objects.current().inbox_code
    assert tracking.send("alex@contoso.example").result == "accepted"
    assert MicrosoftAccount.objects.get().state == AccountState.CONNECTED


@pytest.mark.parametrize("error", [TransientError, AuthError, ThrottledError])
def test_a_report_that_exchange_does_not_give_keeps_the_others_waiting_for_an_hour(
    reading, now, monkeypatch, error
):
    tracking.send("nobody@bounce.example")
    other = tracking.send("full@bounce.example")
    mime, broken = inbox.InboxReader.mime, []

    def give(self, found):
        broken[:] = broken or [found.id]
        if found.id in broken:
            raise error(Answer(500, "ErrorMimeContentConversionFailed"))
        return mime(self, found)

    monkeypatch.setattr(inbox.InboxReader, "mime", give)
    at = tracking.ask(reading, now=now)
    assert state_of(other) == ""
    assert DeliveryPoll.objects.current().inbox_code == "ErrorMimeContentConversionFailed"
    delivery_round.run(now=at + timedelta(minutes=59))
    assert state_of(other) == ""

    delivery_round.run(now=at + timedelta(minutes=61))
    assert DeliveryPoll.objects.current().inbox_code == ""
    assert Bounce.objects.count() == 1
