"""The page of one log entry."""

import re
from datetime import timedelta

import pytest

from notifications.models import Attempt, Notification
from notifications.models.attempt import Result
from tests import factories
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


def test_the_recipient_did_not_get_it(megan, now):
    row = entry(now, message_id="<1@x>", from_address="a@x.example", account="desk@x.example")

    text = page(megan, f"{LOG}{row.pk}/change/")

    assert "Recipient didn't get it?" in text
    assert "Get-MessageTraceV2 -MessageId '<1@x>' -SenderAddress 'a@x.example','desk@x" in text
    assert "First check the inbox of desk@x.example" in text
    assert "this message is older" not in text


def test_a_trace_that_exchange_no_longer_has_is_told(megan, now):
    row = entry(now - timedelta(days=91), message_id="<1@x>")

    assert "this message is older" in page(megan, f"{LOG}{row.pk}/change/")


@pytest.mark.parametrize("result", ["failed", "deferred", "refused"])
def test_what_never_left_needs_no_trace(megan, now, result):
    row = entry(now, message_id="<1@x>", result=result)

    assert "Recipient didn't get it?" not in page(megan, f"{LOG}{row.pk}/change/")


def test_an_entry_shows_the_other_attempts_also_when_the_notification_is_gone(megan, now):
    attempts(now, "deferred", "deferred", "accepted")
    latest = Attempt.objects.get(result="accepted")

    text = page(megan, f"{LOG}{latest.pk}/change/")

    assert text.count("Deferred") == 2
    assert "All attempts of this message" in text


def test_each_fact_of_a_failure_stands_there_once(megan, now):
    row = entry(
        now, result="failed", error="x", code="ErrorX-17", http_status=403, message="Their words",
        request_id="request-17", client_request_id="client-17",
    )  # fmt: skip

    text = page(megan, f"{LOG}{row.pk}/change/")

    for fact in ("ErrorX-17", "Their words", "request-17", "client-17"):
        assert text.count(fact) == 1, fact


def test_an_entry_leads_to_its_neighbours_in_the_list_that_it_came_from(megan, now):
    results = ("failed", "accepted", "failed", "accepted", "failed")
    rows = [entry(now + i * SECOND, result=result) for i, result in enumerate(results)]

    def neighbours(**query):
        text = page(megan, f"{LOG}{rows[2].pk}/change/", **query)
        return [
            re.search(rf'rel="{rel}" href="{LOG}(\d+)/change/([^"]*)"', text).groups()
            for rel in ("prev", "next")
        ]

    assert neighbours() == [(str(rows[3].pk), ""), (str(rows[1].pk), "")]
    back = "?back=result%3Dfailed"
    assert neighbours(back="result=failed") == [(str(rows[4].pk), back), (str(rows[0].pk), back)]
    assert neighbours(back="result=nonsense&x=\0") is not None


def test_the_first_link_of_an_entry_leads_to_its_message(megan, now):
    message = factories.enqueue()
    Notification.objects.update(status="failed")
    row = entry(now, notification=message)

    text = page(megan, f"{LOG}{row.pk}/change/")

    assert f'href="/notifications/notification/{message.pk}/change/"' in text
    assert text.index(f"/notification/{message.pk}/change/") < text.index(f"{LOG}{row.pk}/resend/")


def test_what_is_on_its_way_is_not_offered_to_be_sent_again(megan, now):
    row = entry(now, notification=factories.enqueue(), result="deferred")

    assert f"{LOG}{row.pk}/resend/" not in page(megan, f"{LOG}{row.pk}/change/")
