"""Messages to recipients outside the organization, while Exchange's limit for them is reached."""

from datetime import timedelta

import pytest

from notifications.log.account_codes import STOPS_OUTSIDE
from notifications.mailbox import account_stop
from notifications.models import Attempt, Bounce, DeliveryPoll, EmailSettings, Notification
from notifications.models.attempt import Result
from notifications.models.status import Status
from notifications.queue import outside_hold
from tests import factories

pytestmark = pytest.mark.django_db


def _bounce(now, code, n):
    entry = Attempt.objects.create(at=now, result=Result.ACCEPTED, message_id=f"<{n}@x>")
    Bounce.objects.create(at=now, address=f"{n}@x.example", code=code, entry=entry, is_proven=True)


def test_a_limit_for_recipients_outside_holds_only_those_and_tries_one_an_hour(unconnected, now):
    for n in range(2):
        _bounce(now, STOPS_OUTSIDE[1], n)
    account_stop.look(unconnected.account, now=now)
    inside = factories.enqueue(to="alex@contoso.example")
    outside = [factories.enqueue(to=f"n{n}@fabrikam.example") for n in range(3)]
    due = Notification.objects.filter(status=Status.PENDING)

    outside_hold.put_off(due.due(now=now + timedelta(minutes=1)), now=now + timedelta(minutes=1))
    assert list(due.due(now=now + timedelta(minutes=1))) == [inside]

    later = now + timedelta(hours=1, minutes=1)
    outside_hold.put_off(due.due(now=later), now=later)
    assert set(due.due(now=later)) - {inside} <= set(outside)
    assert due.due(now=later).count() == 2

    over = later + timedelta(hours=1)
    account_stop.look(unconnected.account, now=over)
    outside_hold.put_off(due.due(now=over), now=over)
    assert due.due(now=over).count() == 4
    assert DeliveryPoll.objects.current().outside_until <= over


def test_the_domain_that_a_message_leaves_from_is_inside(unconnected, now):
    """A shared mailbox may have another domain of the tenant."""
    for n in range(2):
        _bounce(now, STOPS_OUTSIDE[1], n)
    account_stop.look(unconnected.account, now=now)
    EmailSettings.objects.update(delegation=True)
    sent = [
        factories.enqueue(to=to, from_="IT <it@fabrikam.example>")
        for to in ("ben@fabrikam.example", "anna@elsewhere.example")
    ]
    due, later = Notification.objects.filter(status=Status.PENDING), now + timedelta(minutes=1)
    outside_hold.put_off(due.due(now=later), now=later)
    assert list(due.due(now=later)) == sent[:1]
