"""The card on top: that all is well, or the most urgent of what is wrong."""

from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.incident import card
from notifications.models import (
    Attempt,
    ConnectionEvent,
    EmailSettings,
    MicrosoftAccount,
    Notification,
)
from notifications.models.event import EventKind
from notifications.queue.holding.obstacles import Meaning
from tests import factories
from tests.exchange_emulator.emulator import DESK

pytestmark = pytest.mark.django_db


@pytest.fixture
def read(healthy, megan):
    return lambda: card.read(megan, EmailSettings.objects.current(), now=timezone.now())


def put(number, **values):
    pks = [factories.enqueue().pk for _ in range(number)]
    Notification.objects.filter(pk__in=pks).update(**values)
    return pks


def test_all_is_well_with_the_number_of_today(read, stopped_clock):
    for _ in range(2):
        Attempt.objects.create(at=stopped_clock, result="accepted")
    Attempt.objects.create(at=stopped_clock, result="failed")
    Attempt.objects.create(at=stopped_clock - timedelta(days=2), result="accepted")

    shown = read()

    assert (shown.meaning, shown.title) == (card.GOOD, "All good: 2 sent today")
    assert shown.notices == []


def test_what_stops_mail_comes_first_with_since_when_and_how_many_wait(read, now):
    factories.enqueue()
    put(2, status="failed")
    since = now - timedelta(hours=9)
    MicrosoftAccount.objects.update(state="sign_in_required", last_error_code="AADSTS50173")
    for kind, at in (
        (EventKind.SIGN_IN_LOST, since - timedelta(days=1)),
        (EventKind.SIGN_IN_RESTORED, since - timedelta(hours=1)),
        (EventKind.SIGN_IN_LOST, since),
        (EventKind.SIGN_IN_LOST, now - timedelta(hours=1)),  # its cause has changed
    ):
        ConnectionEvent.objects.create(kind=kind, at=at, account=DESK)

    shown = read()

    assert shown.meaning == Meaning.STOPPED
    assert shown.title == "Sign-in required: The sign-in is no longer valid."
    assert shown.first.since == since
    assert shown.first.waiting == "1 waiting"
    assert shown.first.control.label == "Sign in again"
    assert shown.first.control.url == "/settings/email/#account"


def test_a_later_save_does_not_begin_it_anew(read, now):
    EmailSettings.history.all().delete()
    for service, days in (("exchange-online", 9), ("none", 4), ("exchange-online", 3), ("none", 2)):
        _save(service=service, charset="utf-8", at=now - timedelta(days=days))
    _save(service="none", charset="iso-8859-1", at=now)

    assert read().first.since == now - timedelta(days=2)


def _save(*, at, **values):
    saved = EmailSettings.objects.current()
    for name, value in values.items():
        setattr(saved, name, value)
    saved._history_date = at
    saved.save()


@pytest.mark.parametrize(
    ("code", "meaning"),
    [("ApplicationThrottled", Meaning.PASSES), ("ErrorQuotaExceeded", Meaning.STOPPED)],
)
def test_only_what_passes_by_itself_needs_no_action(read, now, code, meaning):
    MicrosoftAccount.objects.update(rests_until=now + timedelta(minutes=3), rest_code=code)

    shown = read()

    assert shown.meaning == meaning
    assert ("No action needed." in shown.first.what_to_do) == (meaning is Meaning.PASSES)


def test_what_waits_for_a_person_is_said_before_what_passes(read, now):
    MicrosoftAccount.objects.update(rests_until=now + timedelta(minutes=3), rest_code="429")
    put(3, status="failed")
    put(1, status="unconfirmed")

    shown = read()

    assert (shown.meaning, shown.title) == (Meaning.NEEDS_YOU, "4 notifications need you")


def test_scheduled_ones_are_counted_apart(read, now):
    for _ in range(8):
        factories.enqueue(due_at=now + timedelta(days=1))

    shown = read()

    assert shown.meaning == card.GOOD
    assert shown.status.waits.scheduled == 8
    assert shown.status.waiting == 0
    assert shown.status.empty_at is None


def test_the_age_of_the_oldest_is_not_said_beside_the_cause(read, now):
    put(1, queued_at=now - timedelta(hours=1))
    MicrosoftAccount.objects.update(state="sign_in_required")

    assert [each.code for each in read().notices] == ["sign_in_required"]


def test_it_costs_the_same_whatever_there_is(read, now, django_assert_max_num_queries):
    put(30, status="failed", error="Refused.", error_code="X")
    MicrosoftAccount.objects.update(state="blocked")
    factories.enqueue()

    with django_assert_max_num_queries(20):
        read()
