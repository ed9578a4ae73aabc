"""The page of one log entry."""

from datetime import timedelta

import pytest

from notifications.models import Attempt
from notifications.models.attempt import Result
from tests.notifications.admin.browsing import page

pytestmark = pytest.mark.django_db
LOG = "/notifications/attempt/"
SECOND = timedelta(seconds=1)


def entry(at, **values):
    defaults = {"at": at, "result": Result.ACCEPTED, "subject": "mail-x"}
    return Attempt.objects.create(**defaults | values)


def attempts(now, *results, message_id="<one@contoso.example>", **values):
    """Of one notification, a second apart, as the queue writes them. Newest last."""
    for i, result in enumerate(results):
        at = now + i * SECOND
        row = Attempt(at=at, result=result, message_id=message_id, subject=f"mail-{i}", **values)
        Attempt.objects.write([row], again=[row], now=at)


def test_an_entry_shows_all_that_is_known(megan, now):
    row = entry(
        now, account="desk@contoso.example", from_address="CEO <ceo@contoso.example>",
        message_id="<1@contoso.example>", api="graph", http_status=202, request_id="request-1",
        client_request_id="client-1", duration_ms=321, size=2048, charset="koi8-r",
        worker="worker@host:1", note="Sent as UTF-8.",
    )  # fmt: skip

    text = page(megan, f"{LOG}{row.pk}/change/")

    for words in (
        "CEO <ceo@contoso.example>", "desk@contoso.example", "<1@contoso.example>",
        "MS Graph", "202", "request-1", "client-1", "321 ms", "2.0\xa0KB", "koi8-r",
        "worker@host:1", "Sent as UTF-8.",
    ):  # fmt: skip
        assert words in text


def test_they_say_it_never_arrived(megan, now):
    row = entry(now, message_id="<1@x>", from_address="a@x.example", account="desk@x.example")

    text = page(megan, f"{LOG}{row.pk}/change/")

    assert "They say it never arrived" in text
    assert "Get-MessageTraceV2 -MessageId '<1@x>' -SenderAddress 'a@x.example','desk@x" in text
    assert "look into the Inbox of desk@x.example" in text
    assert "this message is older" not in text


def test_a_trace_that_exchange_no_longer_has_is_told(megan, now):
    row = entry(now - timedelta(days=91), message_id="<1@x>")

    assert "this message is older" in page(megan, f"{LOG}{row.pk}/change/")


@pytest.mark.parametrize("result", ["failed", "deferred", "refused"])
def test_what_never_left_needs_no_trace(megan, now, result):
    row = entry(now, message_id="<1@x>", result=result)

    assert "They say it never arrived" not in page(megan, f"{LOG}{row.pk}/change/")


def test_an_entry_shows_the_other_attempts_also_when_the_notification_is_gone(megan, now):
    attempts(now, "deferred", "deferred", "accepted")
    latest = Attempt.objects.get(result="accepted")

    text = page(megan, f"{LOG}{latest.pk}/change/")

    assert text.count("mail-") == 3
    assert "All attempts of this notification" in text
