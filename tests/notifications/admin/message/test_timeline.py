"""What became of a message, in its order."""

import re
from datetime import timedelta

import pytest

from notifications import outbox
from notifications.models import MicrosoftAccount, Notification
from notifications.models.status import Status
from tests import factories

from .made import attempt, in_status, throttled
from .showing import QUEUE, show

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def test_the_journey_is_told_in_its_order(megan, now):
    row = in_status(Status.ACCEPTED, now)
    throttled(row, now + 10 * SECOND)
    attempt(row, now + 20 * SECOND, "accepted")

    text = show(megan, row)

    journey = ("Queued by test", ">Deferred<", "<strong>Accepted by Microsoft")
    assert sorted(journey, key=text.index) == list(journey)


def next_attempt(text):
    return " ".join(re.sub("<[^>]*>", "", re.search("Next attempt: (.*?)</div>", text)[1]).split())


def test_the_next_attempt_is_the_one_that_the_queue_tells(megan, now, healthy):
    row = factories.enqueue()
    assert next_attempt(show(megan, row)) == "Now"

    MicrosoftAccount.objects.update(rests_until=now + timedelta(minutes=5), rest_code="429")
    assert re.fullmatch(r"(\S.*, )?\d\d:\d\d(:\d\d)?", next_attempt(show(megan, row)))

    MicrosoftAccount.objects.update(rests_until=None)
    outbox.pause(by="megan")
    assert next_attempt(show(megan, row)) == "After Resume"

    MicrosoftAccount.objects.update(state="sign_in_required")
    assert next_attempt(show(megan, row)) == "When mail is sent again"


def test_attempts_that_ended_alike_are_told_once(megan, now):
    row = factories.enqueue()
    for n in range(5):
        throttled(row, now + n * SECOND)

    text = show(megan, row)

    assert text.count("<strong>Deferred</strong>") == 1
    assert "and 4 earlier attempts since" in text


def test_the_facts_count_the_attempts_that_the_timeline_shows(megan, now):
    row = factories.enqueue()
    attempt(row, now, "refused", error="A recipient was left out.")
    throttled(row, now)

    assert "<dt>Attempts</dt><dd>1</dd>" in show(megan, row)


def full(row, at):
    Notification.objects.filter(pk=row.pk).update(
        error="The mailbox is full.", error_code="ErrorQuotaExceeded"
    )
    attempt(row, at, "deferred", error="The mailbox is full.", code="ErrorQuotaExceeded")


def explanation(text):
    return re.findall('<div class="mc-explanation (mc-[a-z-]*)">', text)


def test_only_what_passes_by_itself_is_blue(megan, now):
    row, other = factories.enqueue(), factories.enqueue()
    full(row, now)
    Notification.objects.filter(pk=other.pk).update(error="x")
    throttled(other, now)

    assert explanation(show(megan, row)) == ["mc-explanation-needs-you"]
    assert explanation(show(megan, other)) == ["mc-explanation-deferred"]


def test_what_a_banner_says_is_not_said_twice(megan, now, healthy):
    row = factories.enqueue()
    full(row, now)
    MicrosoftAccount.objects.update(
        rests_until=now + timedelta(minutes=5), rest_code="ErrorQuotaExceeded"
    )

    text = show(megan, row)

    assert '<div class="mc-banner mc-banner-stopped"' in text
    assert explanation(text) == []
    assert '<p class="mc-warning">' not in text
    assert "Why, and what to do" in text


def test_the_timeline_tells_who_retried(olga, now):
    row = in_status(Status.FAILED, now)
    assert 'value="retry"' in show(olga, row)

    olga.post(f"{QUEUE}{row.pk}/do/", {"action": "retry"})

    text = show(olga, row)
    assert "Retried by Operator" in text
    assert "Sent again" not in text


@pytest.mark.parametrize(
    ("status", "verb", "words"),
    [
        (Status.FAILED, outbox.send_now, "Retried by a person"),
        (Status.UNCONFIRMED, outbox.send_again, "Sent again by a person"),
        (Status.PENDING, outbox.send_now, "Sent before its time by a person"),
    ],
)
def test_the_timeline_tells_what_a_person_did(megan, now, status, verb, words):
    is_scheduled = status == Status.PENDING
    row = in_status(status, now, due_at=now + timedelta(days=1) if is_scheduled else None)
    if not is_scheduled:
        attempt(row, now, status, error="x")

    verb(Notification.objects.filter(pk=row.pk))

    assert words in show(megan, row)
