"""Bounces of known messages: matched and written at a price that does not multiply."""

from datetime import timedelta
from unittest.mock import Mock

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notifications.backends.reports.report import Action, DeliveryReport, ReportedRecipient
from notifications.log import bounces, delivery, matches
from notifications.log.delivery import Said
from notifications.models import Attempt, Bounce, DeliveryFact
from notifications.models.attempt import Result
from notifications.models.delivery.state import DeliverySource, DeliveryState

pytestmark = pytest.mark.django_db
FEW, MANY = 5, 50


def entry(*recipients, named="1"):
    return Attempt.objects.create(
        at=timezone.now(), result=Result.ACCEPTED, recipients=", ".join(recipients),
        message_id=name(named),
    )  # fmt: skip


def name(number):
    return f"<{number}@contoso.example>"


def addresses(count, prefix="n"):
    return [f"{prefix}{n}@fabrikam.example" for n in range(count)]


def failures(recipients):
    return tuple(ReportedRecipient((each,), Action.FAILED, "5.1.1", "no") for each in recipients)


def failed(recipients, **changes):
    values = {"source": DeliverySource.TRACE, "state": DeliveryState.FAILED, "at": timezone.now()}
    return [Said(each, **values | changes) for each in recipients]


@pytest.fixture
def readings(monkeypatch):
    """Counts how often the recipients of an entry are read, which is what takes its time."""
    counted = Mock(wraps=delivery.recipients_of)
    monkeypatch.setattr(matches, "recipients_of", counted)
    return counted


def test_the_recipients_of_each_message_are_read_once_for_a_whole_report(readings):
    ids = [entry(*addresses(10), named=n).message_id for n in range(20)]
    found, unknown = matches.match(
        DeliveryReport(tuple(ids), failures([*addresses(10), *addresses(40, "stranger")]))
    )
    assert {each.address for each in found} == set(addresses(10))
    assert len(unknown) == 40
    assert readings.call_count == 20


def test_the_recipients_of_each_message_are_read_once_for_all_reports_that_are_tried_again(
    readings, now
):
    ids = [entry(*addresses(10), named=n).message_id for n in range(20)]
    Bounce.objects.bulk_create(
        Bounce(at=now, address=each, message_ids=ids) for each in addresses(MANY, "stranger")
    )
    assert bounces.match_again(now=now) == {}
    assert readings.call_count == 20


def queries(do, *args, **named):
    with CaptureQueriesContext(connection) as asked:
        do(*args, **named)
    return len(asked)


@pytest.mark.parametrize("is_there", [False, True])
def test_many_failures_of_a_trace_cost_no_more_queries_than_few(now, is_there):
    counts = []
    for count in (FEW, MANY):
        row = entry(*addresses(count), named=count)
        if is_there:
            Bounce.objects.bulk_create(
                Bounce(at=now, address=each, entry=row) for each in addresses(count)
            )
        counts.append(
            queries(bounces.keep_traced, {row.pk: failed(addresses(count), code="5.1.1")})
        )
        there = Bounce.objects.filter(entry=row, code="5.1.1", is_proven=True)
        assert there.count() == count
    assert counts[0] == counts[1]


@pytest.mark.parametrize("is_there", [False, True])
def test_many_reports_that_find_their_message_cost_no_more_queries_than_few(now, is_there):
    counts = []
    for count in (FEW, MANY):
        row = entry(*addresses(count), named=count)
        Bounce.objects.bulk_create(
            Bounce(at=now, address=each, code="5.1.1", message_ids=[row.message_id])
            for each in addresses(count)
        )
        if is_there:
            Bounce.objects.bulk_create(
                Bounce(at=now, address=each, entry=row) for each in addresses(count)
            )
        counts.append(queries(bounces.match_again, now=now))
        assert Bounce.objects.filter(entry=row, code="5.1.1").count() == count
        assert not Bounce.objects.filter(entry=None).exists()
    assert counts[0] == counts[1]


def test_of_several_reports_the_newest_becomes_the_bounce_and_learns_from_the_others(now):
    row = entry(*addresses(1))
    for minutes, values in enumerate(({"code": "5.1.1", "text": "no"}, {"is_proven": True}, {})):
        Bounce.objects.create(
            at=now + timedelta(minutes=minutes), address=addresses(1)[0], report=name(minutes),
            message_ids=[row.message_id], headers=[["Subject", "x"]], **values,
        )  # fmt: skip
    ((said,),) = bounces.match_again(now=now + timedelta(hours=1)).values()
    bounce = Bounce.objects.get()
    assert (bounce.entry, bounce.report, bounce.headers) == (row, name(2), [])
    assert (bounce.code, bounce.text, bounce.is_proven) == ("5.1.1", "no", True)
    assert said.code == "5.1.1"


def test_a_failure_that_is_told_first_without_and_then_with_its_reason_is_one_bounce():
    row, (anna,) = entry(*addresses(1)), addresses(1)
    told = [*failed([anna]), *failed([anna], code="5.1.1", text="no", said_elsewhere=True)]
    for _n in range(2):
        bounces.keep_traced({row.pk: told})
        bounce = Bounce.objects.get()
        assert (bounce.code, bounce.text, bounce.said_elsewhere) == ("5.1.1", "no", True)
    bounces.keep_traced({row.pk: failed([anna], code="5.2.2", text="full")})
    assert Bounce.objects.get().code == "5.1.1"


def test_what_is_said_of_an_address_that_a_message_has_no_more_is_dropped():
    row = entry("(erased)", "ben@fabrikam.example")
    told = failed(["anna@fabrikam.example", "ben@fabrikam.example"])
    (change,) = delivery.note({row.pk: told})
    assert [each.recipient for each in change.said] == ["ben@fabrikam.example"]
    assert DeliveryFact.objects.get().recipient == "ben@fabrikam.example"
