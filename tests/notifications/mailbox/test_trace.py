"""Asking the message trace of the emulator, which answers as it was measured."""

from datetime import timedelta

import pytest

from notifications.backends.errors import Answer, SendError, TransientError
from notifications.backends.microsoft.graph import answers
from notifications.backends.microsoft.graph import trace as graph_trace
from notifications.backends.microsoft.graph.trace import MessageTrace, TraceRow
from notifications.log import delivery, watches
from notifications.mailbox import delivery_access, delivery_round, trace, trace_budget
from notifications.mailbox.connection import Connection
from notifications.models import (
    Attempt,
    Bounce,
    DeliveryFact,
    DeliveryPoll,
    DeliveryWatch,
    EmailSettings,
    MicrosoftAccount,
)
from notifications.models.account import AccountState
from tests import factories

from . import tracking

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def traced(connected, emulator, now):
    tracking.switch_on(**tracking.TRACE)
    tracking.begin_now(now)
    return emulator


def state_of(entry):
    entry.refresh_from_db()
    return entry.delivery


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


@pytest.mark.parametrize(
    ("switch", "status"), [({"service_principal": 0}, 401), ({"consent": 0}, 403)]
)
def test_a_refusal_is_kept_and_holds_no_mail(traced, now, switch, status):
    traced.control("POST", "tracing", json=switch)
    tracking.send("alex@contoso.example")
    tracking.ask(traced, now=now)
    poll = DeliveryPoll.objects.current()
    assert (poll.trace_status, poll.trace_failed_since is None) == (status, False)
    assert MicrosoftAccount.objects.get().state == AccountState.CONNECTED
    assert tracking.send("anna@elsewhere.example").result == "accepted"


def test_a_wrong_secret_of_the_trace_leaves_the_sign_in_alone(traced, now):
    EmailSettings.objects.update(
        trace_secret=EmailSettings.trace_secret.field.seal("practice~Wrong")
    )
    tracking.send("alex@contoso.example")
    tracking.ask(traced, now=now)
    assert DeliveryPoll.objects.current().trace_code == "AADSTS7000215"
    assert MicrosoftAccount.objects.get().state == AccountState.CONNECTED


def test_throttling_is_waited_for(traced, now):
    traced.control("POST", "tracing", json={"requests_per_5_minutes": 0})
    tracking.send("alex@contoso.example")
    at = tracking.ask(traced, now=now)
    assert DeliveryPoll.objects.current().rests_until > at
    before = tracking.asked(traced)
    delivery_round.run(now=at + timedelta(minutes=1))
    assert tracking.asked(traced) == before


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

    assert trace.ask_about(entry, Connection.saved(), now=entry.at.replace(microsecond=0))


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


def test_a_registration_that_is_not_complete_asks_nothing(traced, connected, now):
    EmailSettings.objects.update(trace_secret="")
    with pytest.raises(SendError, match="TraceNotSetUp"):
        delivery_access.trace_application(Connection.saved())


@pytest.mark.parametrize("cloud", ["gcc-high", "dod", "china"])
def test_clouds_without_message_trace_are_known(unconnected, settings, cloud):
    settings.CLOUD = "page"
    EmailSettings.objects.update(cloud=cloud)
    assert not delivery_access.has_trace(Connection.saved())


def test_people_and_rounds_share_one_budget(traced, connected, now):
    entry = tracking.send("alex@contoso.example")
    at = now + timedelta(minutes=6)
    traced.advance(6 * 60)
    for _n in range(trace_budget.MOST_REQUESTS):
        trace.ask_about(entry, Connection.saved(), now=at)
    assert tracking.asked(traced) == trace_budget.MOST_REQUESTS
    with pytest.raises(SendError, match="TraceBudgetUsedUp"):
        trace.ask_about(entry, Connection.saved(), now=at)

    other = tracking.send("anna@elsewhere.example")
    delivery_round.run(now=at + timedelta(minutes=4))
    assert tracking.asked(traced) == trace_budget.MOST_REQUESTS
    assert DeliveryPoll.objects.current().trace_code == ""

    traced.advance(6 * 60)
    delivery_round.run(now=at + timedelta(minutes=6))
    assert tracking.asked(traced) == trace_budget.MOST_REQUESTS + 1
    assert state_of(other) == "delivered"


def test_a_person_waits_as_long_as_microsoft_has_asked_for(traced, connected, now):
    entry = tracking.send("alex@contoso.example")
    traced.control("POST", "tracing", json={"requests_per_5_minutes": 0})
    with pytest.raises(SendError, match="TooManyRequests"):
        trace.ask_about(entry, Connection.saved(), now=now)
    before = tracking.asked(traced)
    with pytest.raises(SendError, match="TraceBudgetUsedUp"):
        trace.ask_about(entry, Connection.saved(), now=now + timedelta(minutes=1))
    assert tracking.asked(traced) == before


def test_a_failure_counts_where_no_request_is_left_for_its_reason(traced, connected, now):
    entry = tracking.send("nobody@bounce.example")
    traced.advance(120)
    at = now + timedelta(minutes=2)
    for _n in range(trace_budget.MOST_REQUESTS - 1):
        trace_budget.spend(now=at)
    assert trace.ask_about(entry, Connection.saved(), now=at)
    (line,) = delivery.lines(entry)
    assert (line.state, line.fact.code) == ("failed", "")


def test_a_failure_counts_where_the_request_for_its_reason_fails(traced, connected, now):
    entry = tracking.send("nobody@bounce.example")
    traced.control("POST", "tracing", json={"details_per_5_minutes": 0})
    with pytest.raises(SendError, match="TooManyRequests"):
        trace.ask_about(entry, Connection.saved(), now=now + timedelta(seconds=30))
    assert state_of(entry) == "failed"
    assert DeliveryPoll.objects.current().rests_until > now


def test_what_was_in_the_way_is_forgotten_although_not_all_senders_have_had_their_turn(
    traced, now, monkeypatch
):
    traced.control("POST", "tracing", json={"consent": 0})
    tracking.send("alex@contoso.example")
    at = tracking.ask(traced, now=now)
    assert DeliveryPoll.objects.current().trace_status == 403

    traced.control("POST", "tracing", json={"consent": 1})
    monkeypatch.setattr(trace_budget, "MOST_REQUESTS", 2)
    _watch_of_another_sender("other@contoso.example", at)
    _watch_of_another_sender("third@contoso.example", at)
    tracking.ask(traced, now=at)
    poll = DeliveryPoll.objects.current()
    assert (poll.trace_code, poll.trace_failed_since) == ("", None)


def _watch_of_another_sender(address, at):
    entry = Attempt.objects.create(
        at=at, result="accepted", from_address=address, recipients="anna@elsewhere.example",
        message_id=f"<{address}>",
    )  # fmt: skip
    watches._watch([entry])


def test_a_sender_that_cannot_be_asked_about_keeps_no_other_waiting(traced, now, monkeypatch):
    entry = tracking.send("alex@contoso.example")
    _watch_of_another_sender("a-slow-one@contoso.example", now - timedelta(minutes=9))
    pages = MessageTrace.pages

    def slow(self, sender, **window):
        if sender.startswith("a-slow-one"):
            raise TransientError(Answer(504, "GatewayTimeout"))
        yield from pages(self, sender, **window)

    monkeypatch.setattr(MessageTrace, "pages", slow)
    at = tracking.ask(traced, now=now)
    assert state_of(entry) == "pending"
    assert DeliveryPoll.objects.current().trace_code == "GatewayTimeout"
    tracking.ask(traced, now=at)
    assert state_of(entry) == "delivered"


def test_a_clock_that_was_ahead_for_a_while_stops_nothing(traced, now):
    tomorrow = now + timedelta(days=1)
    ahead = [tomorrow.timestamp()] * trace_budget.MOST_REQUESTS
    DeliveryPoll.objects.update(watched_until=tomorrow, requests=ahead)
    entry = tracking.send("alex@contoso.example")
    tracking.ask(traced, now=now)
    assert state_of(entry) == "delivered"


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
