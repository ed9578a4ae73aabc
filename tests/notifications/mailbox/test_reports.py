"""Reading the reports in the Inbox of the emulator."""

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
    Attempt,
    Bounce,
    DeliveryFact,
    DeliveryPoll,
    EmailSettings,
    MicrosoftAccount,
)
from notifications.models.account import AccountState
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
