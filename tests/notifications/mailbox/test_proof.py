"""Whose word about an account or an address counts: not that of whoever received a message."""

from datetime import timedelta

import pytest

from notifications.log import account_codes
from notifications.log.delivery import Said
from notifications.mailbox import delivery_round, results, trace
from notifications.mailbox.connection import Connection
from notifications.models import (
    Attempt,
    Bounce,
    EmailSettings,
    MicrosoftAccount,
    Suppression,
)
from notifications.models.account import AccountState
from notifications.models.delivery.state import DeliverySource, DeliveryState
from tests.exchange_emulator import emulator as practice

from . import tracking
from .reporting import INTERNAL, report_about, take

pytestmark = pytest.mark.django_db


def test_a_report_that_was_made_outside_stops_nothing(reading, connected, now):
    """Whoever received the message knows its Message-ID."""
    for n in range(3):
        entry = tracking.send(f"n{n}@elsewhere.example")
        take(report_about(entry, f"n{n}@elsewhere.example", code="5.1.8"), now=now)
    delivery_round.run(now=now + timedelta(minutes=1))
    assert MicrosoftAccount.objects.get().state == AccountState.CONNECTED


def test_a_mark_of_the_inside_from_another_server_stops_nothing(reading, settings, now):
    settings.REPORT_SERVERS = ["mail.contoso.example"]
    for n in range(3):
        entry = tracking.send(f"n{n}@elsewhere.example")
        take(report_about(entry, f"n{n}@elsewhere.example", code="5.1.8", **INTERNAL), now=now)
    delivery_round.run(now=now + timedelta(minutes=1))
    assert MicrosoftAccount.objects.get().state == AccountState.CONNECTED


def test_one_proven_report_stops_nothing_and_a_second_one_stops_the_account(reading, now):
    sent = [tracking.send(f"n{n}@elsewhere.example") for n in range(2)]
    for entry, expected in zip(sent, [AccountState.CONNECTED, AccountState.BLOCKED], strict=True):
        take(report_about(entry, entry.recipients, code="5.1.8", **INTERNAL), now=now)
        _now_in_reports(now)
        delivery_round.run(now=now + timedelta(minutes=1))
        assert MicrosoftAccount.objects.get().state == expected


def _said_by(server, code, now):
    """Let two reports of Exchange pass on what a server said of the sender."""
    for n in range(2):
        entry = tracking.send(f"n{n}@elsewhere.example")
        raw = report_about(entry, entry.recipients, code=code, **INTERNAL)
        status = f"Status: {code}".encode()
        take(raw.replace(status, status + f"\nRemote-MTA: dns;{server}".encode()), now=now)
    _now_in_reports(now)
    delivery_round.run(now=now + timedelta(minutes=1))


def test_what_another_server_said_stops_nothing(reading, now):
    """5.1.8 means elsewhere that the sender's domain is not known; Exchange passes it on."""
    _said_by("mx.elsewhere.example", "5.1.8", now)

    assert MicrosoftAccount.objects.get().state == AccountState.CONNECTED
    assert not account_codes.suspected(now=now + timedelta(minutes=1))


def test_what_another_server_of_microsofts_said_counts(reading, now):
    _said_by("A1.mail.protection.outlook.com", "5.7.705", now)

    assert MicrosoftAccount.objects.get().state == AccountState.BLOCKED


def _now_in_reports(now):
    """The samples have a date of their own."""
    MicrosoftAccount.objects.update(signed_in_at=now - timedelta(hours=1))
    Bounce.objects.update(at=now)


def _bounce_on(day, entry, now):
    take(report_about(entry, entry.recipients, code="5.1.1", **INTERNAL), now=now)
    Bounce.objects.filter(entry=entry).update(at=now - timedelta(days=day))


def test_an_address_is_suppressed_after_two_proven_bounces_on_two_days(reading, now):
    EmailSettings.objects.update(suppression=True)
    sent = [tracking.send("gone@elsewhere.example") for _n in range(3)]
    _bounce_on(2, sent[0], now)
    assert not Suppression.objects.exists()
    _bounce_on(0, sent[1], now)
    assert not Suppression.objects.exists() or Suppression.objects.count() == 1
    _bounce_on(0, sent[2], now)
    listed = Suppression.objects.get()
    assert (listed.address, listed.added_by) == ("gone@elsewhere.example", "")


def test_our_own_domain_is_never_suppressed(reading, now):
    EmailSettings.objects.update(suppression=True)
    for day in (3, 2, 1):
        entry = tracking.send("left@contoso.example")
        _bounce_on(day, entry, now)
    assert practice.DESK.endswith("@contoso.example")
    assert not Suppression.objects.exists()


def _traced_as_failed(entry, now, **values):
    said = [Said(entry.recipients, DeliverySource.TRACE, DeliveryState.FAILED, now, **values)]
    results.apply({entry.pk: said}, connection=Connection.saved(), now=now)


def test_what_another_server_said_stops_nothing_where_the_trace_came_first(reading, now):
    """The trace tells that it failed, and the report after it whose words the code is."""
    for n in range(2):
        entry = tracking.send(f"n{n}@elsewhere.example")
        _traced_as_failed(entry, now)
        raw = report_about(entry, entry.recipients, code="5.1.8")
        take(raw.replace(b"Status: 5.1.8", b"Status: 5.1.8\nRemote-MTA: dns;mx.x.example"), now=now)
    _now_in_reports(now)
    delivery_round.run(now=now + timedelta(minutes=1))

    assert set(Bounce.objects.values_list("code", "is_proven")) == {("5.1.8", True)}
    assert MicrosoftAccount.objects.get().state == AccountState.CONNECTED


@pytest.mark.parametrize(
    ("server", "expected"),
    [("mx.elsewhere.example", AccountState.CONNECTED), ("", AccountState.BLOCKED)],
)
def test_the_reason_that_the_trace_gives_is_judged_by_who_said_it(reading, now, server, expected):
    """Check delivery now reads it: in LED is what was answered, in FQDN by which server."""
    tracking.switch_on(**tracking.TRACE)
    reading.control(
        "POST",
        "deliveries",
        json={
            "address": "*@elsewhere.example", "status": "failed", "code": "5.1.8",
            "text": f"550 5.1.8 sender refused}};{{MSG=}};{{FQDN={server}}};{{IP=",
        },
    )  # fmt: skip
    entries = [tracking.send(f"n{n}@elsewhere.example") for n in range(2)]
    reading.advance(30)
    for entry in entries:
        trace.ask_about(entry, Connection.saved(), now=now + timedelta(seconds=30))
    _now_in_reports(now)
    delivery_round.run(now=now + timedelta(seconds=30))

    assert set(Bounce.objects.values_list("code", "is_proven")) == {("5.1.8", True)}
    assert MicrosoftAccount.objects.get().state == expected


def test_a_stranger_proves_nothing_of_an_address_by_a_bounce_of_his_own(reading, now):
    """His own server refuses the message, which the trace confirms; his report names another
    address as well, which that message did not go to, with the day that he likes."""
    EmailSettings.objects.update(suppression=True)
    for days in (2, 1):
        entry = tracking.send("stranger@elsewhere.example")
        _traced_as_failed(entry, now)
        raw = report_about(entry, entry.recipients, code="5.1.1")
        more = (
            b"\n\nFinal-Recipient: rfc822;victim@elsewhere.example\nAction: failed\nStatus: 5.1.1"
        )
        take(raw.replace(b"smtp;550 5.1.1 refused", b"smtp;550 5.1.1 refused" + more), now=now)
        Bounce.objects.filter(entry=None, at__gt=now - timedelta(hours=1)).update(
            at=now - timedelta(days=days), report=f"<{days}@elsewhere.example>"
        )
    assert Bounce.objects.filter(entry=None, address="victim@elsewhere.example").count() == 2
    both = tracking.send("victim@elsewhere.example")
    take(report_about(both, both.recipients, code="5.1.1"), now=now)

    assert not Suppression.objects.filter(address="victim@elsewhere.example").exists()


def test_a_report_that_came_before_its_message_proves_it_when_it_is_found(reading, now):
    gone = "gone@fabrikam.example"
    entry = tracking.send(gone)
    Attempt.objects.filter(pk=entry.pk).update(result="unconfirmed")
    take(report_about(entry, gone, **INTERNAL), now=now)
    Attempt.objects.filter(pk=entry.pk).update(result="accepted")
    delivery_round.run(now=now + timedelta(minutes=5))

    bounce = Bounce.objects.get()
    assert (bounce.entry, bounce.is_proven) == (entry, True)


def test_a_report_that_came_before_its_message_brings_the_code_to_what_the_trace_said(reading, now):
    gone = "gone@fabrikam.example"
    entry = tracking.send(gone)
    Attempt.objects.filter(pk=entry.pk).update(result="unconfirmed")
    take(report_about(entry, gone), now=now)
    Attempt.objects.filter(pk=entry.pk).update(result="accepted")
    _traced_as_failed(entry, now)
    delivery_round.run(now=now + timedelta(minutes=5))

    bounce = Bounce.objects.get()
    assert (bounce.entry, bounce.code, bounce.is_proven) == (entry, "5.1.10", True)
