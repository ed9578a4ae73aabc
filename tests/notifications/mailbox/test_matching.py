"""Which message a row of the trace is about: never one that it only resembles, where another is
known to be its own."""

from dataclasses import replace
from datetime import timedelta

import pytest

from notifications.backends.microsoft.graph.trace import TraceRow
from notifications.log import delivery, watches
from notifications.log.delivery import Said
from notifications.mailbox import results, trace_rows
from notifications.mailbox.connection import Connection
from notifications.models import Attempt, Bounce, DeliveryFact, DeliveryWatch
from notifications.models.attempt import Result
from notifications.models.delivery.state import DeliverySource, DeliveryState

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
DESK, ANNA, BEN = "desk@contoso.example", "anna@fabrikam.example", "ben@fabrikam.example"
S, TRACE = DeliveryState, DeliverySource.TRACE


def sent(at, *recipients, named):
    return Attempt.objects.create(
        at=at, result=Result.ACCEPTED, recipients=", ".join(recipients or [ANNA]), account=DESK,
        subject="Disk full", message_id=f"<{named}@contoso.example>",
    )  # fmt: skip


def row(at, *, named, status="delivered", recipient=ANNA):
    message_id = f"<{named}@contoso.example>"
    return TraceRow(named, message_id, DESK, recipient, "Disk full", status, "", at)


def tell(*rows, now):
    results.apply(trace_rows.matched(DESK, rows), connection=Connection.saved(), now=now)


def test_the_row_of_an_alike_message_with_a_result_says_nothing_of_the_next(unconnected, now):
    """A monitor sends the same subject every few minutes, and the trace is some minutes behind."""
    first, second = sent(now, named="first"), sent(now + 4 * MINUTE, named="second")
    watches.begin(now=now + 5 * MINUTE)
    tell(row(now, named="first"), now=now + 6 * MINUTE)
    tell(row(now, named="first"), now=now + 10 * MINUTE)

    states = dict(Attempt.objects.values_list("pk", "delivery"))
    assert states == {first.pk: "delivered", second.pk: "pending"}
    assert list(DeliveryWatch.objects.values_list("pk", flat=True)) == [second.pk]


@pytest.mark.parametrize("status", ["failed", "delivered"])
def test_a_row_that_is_only_probably_ours_leaves_what_is_certain(unconnected, now, status):
    sent(now, ANNA, BEN, named="ours")
    watches.begin(now=now + MINUTE)
    tell(row(now, named="ours"), now=now + 6 * MINUTE)
    tell(row(now, named="of-another-program", status=status), now=now + 7 * MINUTE)

    fact = DeliveryFact.objects.get(recipient=ANNA)
    assert (fact.state, fact.is_probable) == ("delivered", False)


def test_the_row_itself_takes_the_place_of_a_probable_one(unconnected, now):
    entry = sent(now, named="ours")
    for state, is_probable in ((S.FAILED, True), (S.DELIVERED, False)):
        said = Said(ANNA, TRACE, state, now, is_probable=is_probable)
        delivery.note({entry.pk: [said]})

    fact = DeliveryFact.objects.get()
    assert (fact.state, fact.is_probable) == ("delivered", False)


def test_a_row_without_a_message_id_is_matched_by_what_else_it_has(unconnected, now):
    Attempt.objects.create(at=now, result=Result.FAILED, recipients=ANNA)
    entry = sent(now, named="ours")
    watches.begin(now=now + MINUTE)
    tell(replace(row(now, named="x"), message_id=""), now=now + 6 * MINUTE)

    entry.refresh_from_db()
    assert entry.delivery == "delivered"


def report(entry, address, state, *, now):
    said = [Said(address, DeliverySource.REPORT, state, now, code="5.1.1")]
    return results.apply({entry.pk: said}, connection=Connection.saved(), now=now)


def test_a_report_that_comes_before_the_first_question_leaves_the_others_watched(unconnected, now):
    """Exchange may report within seconds, while the round that is going on reads the Inbox."""
    watches.begin(now=now)
    entry = sent(now + MINUTE, ANNA, BEN, named="ours")
    report(entry, ANNA, S.FAILED, now=now + MINUTE)
    watches.begin(now=now + 5 * MINUTE)
    tell(row(now, named="ours", recipient=BEN), now=now + 6 * MINUTE)

    entry.refresh_from_db()
    assert (entry.delivery, entry.delivered_count) == ("partly", 1)


def test_what_a_report_alone_has_said_is_still_asked_about_and_then_proven(unconnected, now):
    entry = sent(now, named="ours")
    watches.begin(now=now + MINUTE)
    report(entry, ANNA, S.FAILED, now=now + MINUTE)
    Bounce.objects.create(at=now, address=ANNA, code="5.1.1", entry=entry)
    tell(row(now, named="ours", status="failed"), now=now + 6 * MINUTE)

    bounce = Bounce.objects.get()
    assert (bounce.code, bounce.is_proven) == ("5.1.1", True)
    assert not DeliveryWatch.objects.exists()
    watches.begin(now=now + 7 * MINUTE)
    assert not DeliveryWatch.objects.exists()
