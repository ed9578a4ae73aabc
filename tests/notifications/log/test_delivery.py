"""Facts about delivery, whatever their order, and the summary that follows from them."""

import itertools
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from notifications.backends.reports.report import Action, ReportedRecipient
from notifications.log import delivery, matches
from notifications.log.delivery import Said
from notifications.log.matches import Matched
from notifications.log.query import LogQuery
from notifications.models import Attempt, DeliveryFact
from notifications.models.attempt import Result
from notifications.models.delivery.state import DeliverySource, DeliveryState, DeliverySummary

pytestmark = pytest.mark.django_db
TRACE, REPORT = DeliverySource.TRACE, DeliverySource.REPORT
S = DeliveryState


def entry(*recipients):
    return Attempt.objects.create(
        at=timezone.now(),
        result=Result.ACCEPTED,
        recipients=", ".join(recipients or ["Alex Wilber <Alex@Contoso.example>"]),
        message_id="<1@contoso.example>",
    )


def said(state, recipient="alex@contoso.example", source=TRACE, **changes):
    return Said(recipient, source, state, timezone.now(), **changes)


def note(row, *facts):
    delivery.note({row.pk: list(facts)})
    row.refresh_from_db()
    return row


@pytest.mark.parametrize(
    ("states", "summary"),
    [
        ([S.DELIVERED], "delivered"),
        ([S.EXPANDED, S.DELIVERED], "delivered"),
        ([S.PENDING, S.DELIVERED], "pending"),
        ([S.FAILED], "failed"),
        ([S.FAILED, S.PENDING], "failed"),
        ([S.FAILED, S.DELIVERED], "partly"),
        ([S.FAILED, S.DELIVERED, S.PENDING], "partly"),
        ([S.QUARANTINED], "quarantined"),
        ([S.SPAM, S.QUARANTINED], "quarantined"),
        ([S.UNKNOWN], "unknown"),
        ([S.UNKNOWN, S.DELIVERED], "partly"),
        ([S.RECALLED], "recalled"),
    ],
)
def test_a_message_has_one_word_for_all_its_recipients(states, summary):
    assert delivery.summary(states) == summary


def test_a_failure_wins_over_delivered_whatever_the_source_and_the_order():
    words = [said(S.DELIVERED), said(S.FAILED, source=REPORT, code="5.1.1"), said(S.PENDING)]
    for order in itertools.permutations(words):
        row = entry()
        for each in order:
            note(row, each)
        assert (row.delivery, row.delivered_count) == (DeliverySummary.FAILED, 0)
        assert DeliveryFact.objects.filter(entry=row).count() == 2


def test_the_same_word_again_changes_nothing_but_brings_the_reason():
    row = note(entry(), said(S.FAILED))
    note(row, said(S.FAILED, code="5.1.10", text="550 5.1.10 not found"))
    note(row, said(S.FAILED))
    fact = DeliveryFact.objects.get()
    assert (fact.code, fact.text) == ("5.1.10", "550 5.1.10 not found")


def test_a_late_result_follows_unknown():
    row = note(entry(), said(S.UNKNOWN))
    assert note(row, said(S.DELIVERED)).delivery == "delivered"


def test_only_addresses_of_the_message_count():
    row = note(entry("a@contoso.example", "b@contoso.example"),
               said(S.DELIVERED, "a@contoso.example"),
               said(S.FAILED, "member@contoso.example"))  # fmt: skip
    assert row.delivery == "pending"
    note(row, said(S.FAILED, "b@contoso.example", REPORT))
    assert (row.delivery, row.delivered_count) == ("partly", 1)
    assert [(line.recipient, line.state) for line in delivery.lines(row)] == [
        ("a@contoso.example", "delivered"),
        ("b@contoso.example", "failed"),
    ]


def test_facts_of_an_entry_that_is_gone_are_passed_over():
    assert delivery.note({4711: [said(S.DELIVERED)]}) == []


def test_facts_are_deleted_with_their_entry():
    row = note(entry(), said(S.FAILED))
    row.delete()
    assert not DeliveryFact.objects.exists()


def test_a_line_names_both_sources_that_say_the_same():
    row = note(entry(), said(S.FAILED), said(S.FAILED, source=REPORT, code="5.1.1", text="no"))
    (line,) = delivery.lines(row)
    assert line.sources == ["report", "trace"]
    assert line.fact.code == "5.1.1"
    assert line.fact.at <= timezone.now() + timedelta(seconds=1)


@pytest.mark.parametrize("state", DeliverySummary.values)
def test_the_filter_of_the_log_reads_its_own_index(state):
    now = timezone.now()
    Attempt.objects.bulk_create(
        Attempt(at=now, result=Result.ACCEPTED, delivery="" if n % 500 else state)
        for n in range(2000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE notifications_attempt")

    rows = LogQuery(delivery=state).unfolded_entries().order_by("-at", "-pk")[:50]

    assert "attempt_delivery" in rows.explain()


def test_a_delay_that_was_reported_is_unknown_after_two_days():
    row = note(entry(), said(S.PENDING, source=REPORT, code="4.4.7"), said(S.UNKNOWN))
    assert row.delivery == "unknown"
    assert note(row, said(S.FAILED, source=REPORT, code="4.4.7")).delivery == "failed"


def test_what_was_released_from_quarantine_is_delivered():
    row = note(entry(), said(S.QUARANTINED))
    assert note(row, said(S.DELIVERED)).delivery == "delivered"
    assert note(row, said(S.QUARANTINED), said(S.DELIVERED)).delivery == "quarantined"


def test_a_relay_is_no_delivery():
    """The server after it tells nothing more (RFC 3464 2.3.3)."""
    reported = ReportedRecipient(("alex@contoso.example",), Action.RELAYED, server="mx.x.example")
    row = entry()
    matched = [Matched(row, "alex@contoso.example", reported)]
    delivery.note(matches.said(matched, at=timezone.now()))
    (line,) = delivery.lines(row)
    assert (line.state, line.fact.receiver) == ("delivered", "mx.x.example")
