"""What was learnt takes effect: callbacks, and the suppression list."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications import outbox, vault
from notifications.log.delivery import Said
from notifications.mailbox import results
from notifications.mailbox.connection import Connection
from notifications.models import (
    Attempt,
    Bounce,
    Callback,
    DeliveryPoll,
    EmailSettings,
    Suppression,
)
from notifications.models.attempt import Result
from notifications.models.delivery.state import DeliverySource, DeliveryState
from tests import factories

pytestmark = pytest.mark.django_db
S = DeliveryState
DAY = timedelta(days=1)


def entry(now, *recipients, notification=None):
    return Attempt.objects.create(
        at=now, result=Result.ACCEPTED, recipients=", ".join(recipients), notification=notification,
        message_id=f"<{Attempt.objects.count()}@contoso.example>", account="desk@contoso.example",
    )  # fmt: skip


def say(row, state, recipient, *, now, source=DeliverySource.TRACE, **values):
    said = {row.pk: [Said(recipient, source, state, now, **values)]}
    results.apply(said, connection=Connection.saved(), now=now)


def failed(address, *, now, code="5.1.1"):
    say(entry(now, address), S.FAILED, address, now=now, code=code)


@pytest.fixture
def suppressing(unconnected):
    EmailSettings.objects.update(suppression=True)


def told():
    bodies = Callback.objects.order_by("pk").values_list("body", flat=True)
    return [
        (each["event"], each["message"]["delivery"]["state"]) for each in map(json.loads, bodies)
    ]


@pytest.fixture
def queued(unconnected):
    """A message to two that came with a key that wants to know."""
    secret = vault.seal("whsec_Y2FsbGJhY2stczNjcmV0LW9mLXRoZS1kZXNr", "callback_secret")
    key, _token = factories.api_key(
        callback_url="https://desk.example/hook", callback_secret=secret
    )
    message = factories.new(to=["a@fabrikam.example", "b@fabrikam.example"])
    return outbox.enqueue(message, initiator="test", api_key=key)


def test_an_application_is_told_once_when_all_have_it(queued, now):
    row = entry(now, *queued.to, notification=queued)
    say(row, S.DELIVERED, "a@fabrikam.example", now=now)
    assert told() == []
    for _n in range(2):
        say(row, S.DELIVERED, "b@fabrikam.example", now=now)
    assert told() == [("message.delivered", "delivered")]


def test_an_application_is_told_once_of_a_bounce_also_after_a_delivery(queued, now):
    row = entry(now, *queued.to, notification=queued)
    for address in queued.to:
        say(row, S.DELIVERED, address, now=now)
    for address in queued.to:
        say(row, S.FAILED, address, now=now, source=DeliverySource.REPORT, code="5.1.1")
    assert told() == [("message.delivered", "delivered"), ("message.bounced", "partly")]


def test_a_callback_names_no_address(queued, now):
    row = entry(now, *queued.to, notification=queued)
    say(row, S.FAILED, "a@fabrikam.example", now=now, code="5.1.1")
    assert "fabrikam" not in Callback.objects.get().body.replace(queued.message_id, "")


@pytest.mark.parametrize(("code", "listed"), [("5.1.1", 1), ("5.1.10", 1), ("5.2.2", 0), ("", 0)])
def test_only_no_such_mailbox_counts(suppressing, now, code, listed):
    for days in (1, 0):
        failed("gone@fabrikam.example", now=now - days * DAY, code=code)
    assert Suppression.objects.count() == listed


def test_one_day_is_not_enough(suppressing, now):
    for _n in range(3):
        failed("gone@fabrikam.example", now=now)
    assert not Suppression.objects.exists()


def test_a_later_delivery_takes_off_what_was_added_by_itself(suppressing, now):
    Suppression.objects.create(address="kept@fabrikam.example", added_by="olga", since=now - DAY)
    for days in (2, 1):
        failed("gone@fabrikam.example", now=now - days * DAY)
    assert Suppression.objects.count() == 2
    for address in ("gone@fabrikam.example", "kept@fabrikam.example"):
        say(entry(now, address), S.DELIVERED, address, now=now)
    assert Suppression.objects.get().address == "kept@fabrikam.example"
    failed("gone@fabrikam.example", now=now + DAY)
    assert Suppression.objects.count() == 1


@pytest.mark.parametrize(("count", "listed"), [(20, 20), (21, 20)])
def test_more_than_twenty_an_hour_are_a_fault_and_none_is_added(suppressing, now, count, listed):
    addresses = [f"n{n}@fabrikam.example" for n in range(count)]
    for days in (1, 0):
        for address in addresses:
            failed(address, now=now - days * DAY)
    assert Suppression.objects.count() == listed
    assert (DeliveryPoll.objects.current().flooded_at is not None) == (count > listed)


def test_twenty_one_in_one_answer_are_a_fault_too(suppressing, now):
    recipients = [f"n{n}@fabrikam.example" for n in range(21)]
    for days in (1, 0):
        at = now - days * DAY
        row = entry(at, *recipients)
        said = [Said(r, DeliverySource.TRACE, S.FAILED, at, code="5.1.1") for r in recipients]
        results.apply({row.pk: said}, connection=Connection.saved(), now=at)
    assert not Suppression.objects.exists()
    assert Bounce.objects.count() == 42


@pytest.mark.parametrize("other", [S.UNKNOWN, S.RECALLED])
def test_what_nobody_knows_of_a_recipient_is_told_as_no_bounce(queued, now, other):
    row = entry(now, *queued.to, notification=queued)
    say(row, S.DELIVERED, "a@fabrikam.example", now=now)
    say(row, other, "b@fabrikam.example", now=now)
    row.refresh_from_db()
    assert row.delivery == "partly"
    assert told() == []

    say(row, S.FAILED, "b@fabrikam.example", now=now, source=DeliverySource.REPORT)
    assert told() == [("message.bounced", "partly")]


def test_the_domain_of_the_senders_address_is_ours_too(suppressing, now):
    """A shared mailbox may have another domain of the tenant."""
    for days in (1, 0):
        at = now - days * DAY
        row = entry(at, "left@fabrikam.example")
        Attempt.objects.filter(pk=row.pk).update(from_address="IT <it@Fabrikam.example>")
        say(row, S.FAILED, "left@fabrikam.example", now=at, code="5.1.1")
    assert not Suppression.objects.exists()


def test_who_has_left_the_list_is_added_again_like_anybody_else(suppressing, now):
    listed = Suppression.objects.create(
        address="gone@fabrikam.example", added_by="olga", since=now - 9 * DAY, until=now - DAY
    )
    for days in (1, 0):
        failed("gone@fabrikam.example", now=now - days * DAY)
    row = Suppression.objects.get()
    assert (row.added_by, row.until > now, row.pk != listed.pk) == ("", True, True)


def test_many_failures_at_once_cost_no_more_queries_than_few(suppressing, now):
    counts = []
    for count in (5, 50):
        recipients = [f"n{n}@fabrikam.example" for n in range(count)]
        row = entry(now, *recipients)
        said = [Said(r, DeliverySource.TRACE, S.FAILED, now, code="5.1.1") for r in recipients]
        with CaptureQueriesContext(connection) as asked:
            results.apply({row.pk: said}, connection=Connection.saved(), now=now)
        counts.append(len(asked))
    assert counts[0] == counts[1]
