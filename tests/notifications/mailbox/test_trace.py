"""Asking the message trace of the emulator, which answers as it was measured."""

from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.backends.microsoft.graph import answers
from notifications.backends.microsoft.graph import trace as graph_trace
from notifications.backends.microsoft.graph.trace import MessageTrace, TraceRow
from notifications.log import delivery
from notifications.mailbox import delivery_access, delivery_round, trace
from notifications.mailbox.connection import Connection
from notifications.models import (
    Attempt,
    Bounce,
    DeliveryFact,
    DeliveryPoll,
    DeliveryWatch,
    EmailSettings,
)
from tests import factories

from . import tracking
from .tracking import state_of

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("recipient", "state"),
    [
        ("alex@contoso.example", "delivered"),
        ("nobody@bounce.example", "failed"),
        ("quarantine@bounce.example", "quarantined"),
        ("spam@bounce.example", "spam"),
        ("group@bounce.example", "delivered"),
        ("late@bounce.example", "pending"),
    ],
)
def test_each_state_of_the_trace_is_told(traced, now, recipient, state):
    entry = tracking.send(recipient)
    tracking.ask(traced, now=now)
    assert state_of(entry) == state


def test_what_left_the_organization_names_the_server_that_took_it(traced, now):
    inside = tracking.send("alex@contoso.example")
    outside = tracking.send("anna@elsewhere.example")
    tracking.ask(traced, now=now)
    receivers = dict(DeliveryFact.objects.values_list("entry", "receiver"))
    assert receivers == {inside.pk: "", outside.pk: "198.51.100.25"}


def test_one_message_for_several_has_a_result_for_each(traced, now):
    entry = tracking.send("alex@contoso.example", "nobody@bounce.example", "late@bounce.example")
    tracking.ask(traced, now=now)
    assert state_of(entry) == "partly"
    assert entry.delivered_count == 1
    assert [line.state for line in delivery.lines(entry)] == ["delivered", "failed", "pending"]


def test_a_late_result_comes_with_a_later_request_and_then_nobody_asks_again(traced, now):
    entry = tracking.send("late@bounce.example")
    at = tracking.ask(traced, now=now)
    for _hour in range(4):
        at = tracking.ask(traced, now=at, after=HOUR)
    assert state_of(entry) == "delivered"
    assert not DeliveryWatch.objects.exists()
    before = tracking.asked(traced)
    tracking.ask(traced, now=at, after=HOUR)
    assert tracking.asked(traced) == before


def test_after_two_days_without_a_result_it_is_unknown(traced, now):
    traced.control("POST", "deliveries", json={"address": "*", "after": 10**6})
    entry = tracking.send("alex@contoso.example")
    at = tracking.ask(traced, now=now)
    tracking.ask(traced, now=at, after=timedelta(hours=49))
    assert state_of(entry) == "unknown"
    assert not DeliveryWatch.objects.exists()


def test_many_messages_of_a_sender_cost_one_request(traced, now):
    EmailSettings.objects.update(messages_a_minute=0)
    for n in range(12):
        factories.enqueue(to=f"n{n}@elsewhere.example")
    tracking.send("last@elsewhere.example")
    tracking.ask(traced, now=now)
    assert set(Attempt.objects.values_list("delivery", flat=True)) == {"delivered"}
    assert tracking.asked(traced) == 1


def test_a_message_without_its_id_is_matched_where_only_one_fits(traced, now):
    traced.control("POST", "tracing", json={"keeps_message_id": 0})
    entry = tracking.send("anna@elsewhere.example", subject="Only one")
    twin = [tracking.send("anna@elsewhere.example", subject="Twice") for _n in range(2)]
    tracking.ask(traced, now=now)
    assert state_of(entry) == "delivered"
    assert DeliveryFact.objects.get().is_probable
    assert [state_of(each) for each in twin] == ["pending", "pending"]


def test_what_was_accepted_before_it_was_switched_on_is_not_asked_about(connected, emulator, now):
    entry = tracking.send("alex@contoso.example")
    tracking.switch_on(**tracking.TRACE)
    delivery_round.run(now=now + HOUR)
    assert state_of(entry) == ""
    assert tracking.asked(emulator) == 0


def test_a_person_who_asks_gets_the_reason_at_once(traced, connected, now):
    entry = tracking.send("nobody@bounce.example")
    traced.advance(120)
    saved = EmailSettings.objects.current()
    assert trace.ask_about(entry, Connection.of(saved.values()), now=now + timedelta(minutes=2))
    (line,) = delivery.lines(entry)
    assert (line.state, line.fact.code) == ("failed", "5.1.10")
    assert "RecipientNotFound" in line.fact.text
    bounce = Bounce.objects.get()
    assert (bounce.address, bounce.code, bounce.is_proven) == (
        "nobody@bounce.example", "5.1.10", True,
    )  # fmt: skip


def test_what_was_accepted_in_the_running_second_is_found(traced, connected):
    entry = tracking.send("nobody@bounce.example")

    # The emulator refuses a window that ends in the future.
    assert trace.ask_about(entry, Connection.saved(), now=timezone.now())


def test_another_message_with_our_message_id_says_nothing_of_ours(
    traced, connected, now, monkeypatch
):
    entry = tracking.send("late@bounce.example")
    row = TraceRow(
        "1", entry.message_id, "stranger@fabrikam.example", "late@bounce.example", entry.subject,
        "failed", "", entry.at,
    )  # fmt: skip
    monkeypatch.setattr(MessageTrace, "_pages", lambda *_args: iter([[row]]))
    assert not trace.ask_about(entry, Connection.saved(), now=now + timedelta(minutes=2))
    tracking.ask(traced, now=now)
    assert state_of(entry) == "pending"


@pytest.mark.parametrize(
    "at",
    [
        "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:59-14:00", "yesterday", "", None, 20261128, float("nan"), {}, "1" * 9999,
    ],
)  # fmt: skip
def test_a_row_of_no_possible_time_is_left_out_and_the_others_count(
    traced, connected, now, monkeypatch, at
):
    entry = tracking.send("alex@contoso.example")

    def spoilt(found):
        return [{**found[0], "receivedDateTime": at, "messageId": "<x@y.example>"}, *found]

    monkeypatch.setattr(
        graph_trace, "read", lambda response, *more: spoilt(answers.read(response, *more))
    )
    tracking.ask(traced, now=now)
    assert state_of(entry) == "delivered"
    assert DeliveryPoll.objects.current().trace_code == ""


@pytest.mark.parametrize("cloud", ["gcc-high", "dod", "china"])
def test_clouds_without_message_trace_are_known(unconnected, settings, cloud):
    settings.CLOUD = "page"
    EmailSettings.objects.update(cloud=cloud)
    assert not delivery_access.has_trace(Connection.saved())


def test_a_long_name_of_a_server_is_cut(traced, connected, now, monkeypatch):
    tracking.send("anna@elsewhere.example")

    def spoilt(found):
        return [{**each, "toIP": "2001:db8::1, " * 20} for each in found]

    monkeypatch.setattr(
        graph_trace, "read", lambda response, *more: spoilt(answers.read(response, *more))
    )
    tracking.ask(traced, now=now)
    longest = DeliveryFact._meta.get_field("receiver").max_length
    assert len(DeliveryFact.objects.get().receiver) == longest


def test_what_was_asked_for_ends_although_the_trace_was_switched_off(traced, now):
    late = tracking.send("late@bounce.example")
    at = tracking.ask(traced, now=now)
    DeliveryPoll.objects.update(outside_code="5.7.233", outside_until=at + HOUR)
    assert DeliveryPoll.objects.current().figures["states"] == {"pending": 1}
    EmailSettings.objects.update(trace=False)
    before = tracking.asked(traced)

    delivery_round.run(now=at + timedelta(minutes=5))
    assert DeliveryPoll.objects.current().outside_until <= at + timedelta(minutes=5)
    delivery_round.run(now=at + timedelta(hours=48))
    assert state_of(late) == "unknown"
    delivery_round.run(now=at + timedelta(days=8))
    assert not any(DeliveryPoll.objects.current().figures.values())
    assert tracking.asked(traced) == before
