"""What is in the way of the message trace: refusals, limits, a clock that was wrong."""

from datetime import timedelta

import pytest

from notifications.backends.errors import Answer, SendError, ThrottledError, TransientError
from notifications.backends.microsoft.graph.trace import MessageTrace
from notifications.log import delivery, watches
from notifications.mailbox import delivery_access, delivery_round, trace, trace_budget
from notifications.mailbox.connection import Connection
from notifications.models import Attempt, DeliveryPoll, EmailSettings, MicrosoftAccount
from notifications.models.account import AccountState

from . import tracking
from .tracking import state_of

pytestmark = pytest.mark.django_db


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


def test_a_registration_that_is_not_complete_asks_nothing(traced, connected, now):
    EmailSettings.objects.update(trace_secret="")
    with pytest.raises(SendError, match="TraceNotSetUp"):
        delivery_access.trace_application(Connection.saved())


def test_throttling_is_waited_for(traced, now):
    traced.control("POST", "tracing", json={"requests_per_5_minutes": 0})
    tracking.send("alex@contoso.example")
    at = tracking.ask(traced, now=now)
    assert DeliveryPoll.objects.current().rests_until > at
    before = tracking.asked(traced)
    delivery_round.run(now=at + timedelta(minutes=1))
    assert tracking.asked(traced) == before


def test_a_pause_that_somebody_was_asked_for_meanwhile_stays(traced, now, monkeypatch):
    tracking.send("alex@contoso.example")
    pages = MessageTrace.pages

    def pages_during_a_pause(self, *arguments, **options):
        yield from pages(self, *arguments, **options)
        answer = Answer(429, "TooManyRequests")
        error = ThrottledError(answer, retry_after=timedelta(minutes=10))
        trace.remember_fault(error, now=now + timedelta(minutes=6))

    monkeypatch.setattr(MessageTrace, "pages", pages_during_a_pause)
    tracking.ask(traced, now=now)

    assert DeliveryPoll.objects.current().rests_until == now + timedelta(minutes=16)


def test_a_pause_noted_by_a_clock_that_was_ahead_does_not_count(traced, now):
    entry = tracking.send("alex@contoso.example")
    DeliveryPoll.objects.update(rests_until=now + timedelta(days=300))
    tracking.ask(traced, now=now)
    assert state_of(entry) == "delivered"


def test_a_round_that_took_too_long_does_not_end_that_of_another(db, now):
    polls, lease = DeliveryPoll.objects, timedelta(minutes=10)
    first = polls.take(now=now, lease=lease)
    assert polls.take(now=now + timedelta(minutes=11), lease=lease)

    polls.leave(until=first)

    assert not polls.take(now=now + timedelta(minutes=12), lease=lease)


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
    traced.advance(30)
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


def _watch_of_another_sender(address, at):
    entry = Attempt.objects.create(
        at=at, result="accepted", from_address=address, recipients="anna@elsewhere.example",
        message_id=f"<{address}>",
    )  # fmt: skip
    watches._watch([entry.pk])


def test_a_clock_that_was_ahead_for_a_while_stops_nothing(traced, now):
    tomorrow = now + timedelta(days=1)
    ahead = [tomorrow.timestamp()] * trace_budget.MOST_REQUESTS
    DeliveryPoll.objects.update(watched_until=tomorrow, requests=ahead)
    entry = tracking.send("alex@contoso.example")
    tracking.ask(traced, now=now)
    assert state_of(entry) == "delivered"
