"""The Outgoing Notifications Log as a person reads it: time line, folding, pages."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from notifications.models import Attempt, ConnectionEvent
from notifications.models.attempt import Result
from notifications.models.event import EventKind
from tests import factories
from tests.notifications.admin.browsing import page

pytestmark = pytest.mark.django_db
LOG = "/notifications/attempt/"
SECOND = timedelta(seconds=1)


def subjects(text):
    """In the order of the list."""
    return re.findall(r"mail-\w+(?=</a>)", text)


def entry(at, **values):
    defaults = {"at": at, "result": Result.ACCEPTED, "subject": "mail-x"}
    return Attempt.objects.create(**defaults | values)


def event(at, kind, **values):
    return ConnectionEvent.objects.create(at=at, kind=kind, **values)


def attempts(now, *results, message_id="<one@contoso.example>", **values):
    """Of one notification, a second apart, as the queue writes them. Newest last."""
    for i, result in enumerate(results):
        at = now + i * SECOND
        row = Attempt(at=at, result=result, message_id=message_id, subject=f"mail-{i}", **values)
        Attempt.objects.write([row], again=[row], now=at)


def test_the_columns_and_the_mark_of_a_test(megan, now):
    entry(now, is_test=True, recipients="a@contoso.example", error="Broken")

    text = page(megan, LOG)

    for heading in ("Time", "Result", "From", "To", "Subject", "Error"):
        assert f'<th scope="col">{heading}</th>' in text
    assert ">Test</span>" in text
    assert "doesn't mean delivered" in text


def test_events_stand_between_the_entries_in_time_order(megan, now):
    entry(now, subject="mail-old")
    event(now + SECOND, EventKind.PAUSED, who="megan")
    entry(now + 2 * SECOND, subject="mail-new")

    text = page(megan, LOG)

    assert text.index("mail-new") < text.index("Queue paused by megan") < text.index("mail-old")


@pytest.mark.parametrize(
    ("kind", "values", "words"),
    [
        (EventKind.SIGN_IN_LOST, {"state": "blocked", "code": "AADSTS53003"},
         "Blocked by Microsoft: A Conditional Access policy blocks the sign-in."),
        (EventKind.SIGN_IN_LOST, {"state": "blocked", "code": "EwsBlocked"},
         "Blocked by Microsoft: Your tenant blocks Exchange Web Services."),
        (EventKind.SIGN_IN_LOST, {"state": "sign_in_required", "code": "AADSTS50173"},
         "AADSTS50173"),
        (EventKind.SIGN_IN_RESTORED, {"who": "alex"}, "restored by alex"),
        (EventKind.SIGN_IN_RESTORED, {}, "works again"),
        (EventKind.THROTTLED, {"code": "429"}, "was throttled by Microsoft from"),
        (EventKind.RESTED, {"code": "ConnectionFailed"}, "because of an error"),
        (EventKind.PAUSED, {"who": "alex"}, "Queue paused by alex"),
        (EventKind.RESUMED, {"who": "alex"}, "Queue resumed by alex"),
        (EventKind.SETTINGS_SAVED, {"who": "alex"}, "Settings saved by alex"),
        (EventKind.LOG_CLEARED, {"who": "alex"}, "Log cleared by alex"),
    ],
)  # fmt: skip
def test_each_event_is_told_in_words(megan, now, kind, values, words):
    event(now, kind, account="desk@contoso.example", until=now + SECOND, **values)

    assert words in page(megan, LOG)


def test_a_filter_hides_the_events_or_shows_only_them(megan, now):
    entry(now)
    event(now, EventKind.PAUSED, who="alex")

    assert "paused by alex" not in page(megan, LOG, events="hide")
    assert subjects(page(megan, LOG, events="only")) == []
    assert "paused by alex" in page(megan, LOG, events="only")


def test_an_event_is_found_by_its_words_as_they_are_written(megan, now):
    event(now, EventKind.PAUSED, who="müller")

    assert "paused by müller" in page(megan, LOG, q="Müller")
    assert "paused by müller" not in page(megan, LOG, q="Meier")


def test_deferred_attempts_are_folded_under_the_latest(megan, now):
    attempts(now, "deferred", "deferred", "deferred", "accepted")

    text = page(megan, LOG)

    assert subjects(text) == ["mail-3"]
    assert "3 earlier attempts" in text
    link = re.search(r'href="(\?message=[^"]+)"', text)[1]
    assert subjects(page(megan, LOG + link)) == ["mail-3", "mail-2", "mail-1", "mail-0"]


def test_what_is_still_deferred_shows_its_latest_attempt(megan, now):
    attempts(now, "deferred", "deferred")

    text = page(megan, LOG)

    assert subjects(text) == ["mail-1"]
    assert "1 earlier attempt" in text


def test_failures_are_not_folded(megan, now):
    attempts(now, "deferred", "failed", "deferred", "accepted")

    text = page(megan, LOG)

    assert subjects(text) == ["mail-3", "mail-1"]
    assert text.count("earlier attempt") == 1
    assert "2 earlier attempts" in text


def test_the_filter_for_deferred_shows_each(megan, now):
    attempts(now, "deferred", "deferred", "accepted")

    assert subjects(page(megan, LOG, result="deferred")) == ["mail-1", "mail-0"]


def test_folding_holds_in_a_search_and_in_a_filter(megan, now):
    attempts(now, "deferred", "deferred", "accepted", recipients="a@contoso.example", api="graph")

    assert subjects(page(megan, LOG, q="a@contoso.example")) == ["mail-2"]
    assert subjects(page(megan, LOG, api="graph")) == ["mail-2"]


def test_a_folded_attempt_is_found_by_its_own_request_id(megan, now):
    attempts(now, "deferred", "accepted")
    Attempt.objects.filter(result="deferred").update(request_id="7f3e1c2d-0000")
    for row in Attempt.objects.all():
        row.save()

    assert subjects(page(megan, LOG, q="7f3e1c2d")) == ["mail-0"]


def test_a_time_before_the_latest_attempt_shows_the_latest_of_that_time(megan, now):
    now = now.replace(second=0, microsecond=0)
    for minutes, result in ((0, "deferred"), (1, "deferred"), (9, "accepted")):
        at = now + timedelta(minutes=minutes)
        row = Attempt(at=at, result=result, message_id="<1@x>", subject=f"mail-{minutes}")
        Attempt.objects.write([row], again=[row], now=at)
    until = now + timedelta(minutes=5)

    text = page(megan, LOG, date="range", until=f"{until:%Y-%m-%dT%H:%M}")

    assert subjects(text) == ["mail-1"]
    assert "1 earlier attempt" in text


def test_pages_go_older_and_newer_over_entries_and_events_without_a_gap(megan, now):
    for i in range(70):
        entry(now + i // 3 * SECOND, subject=f"mail-{i:03}")
        event(now + i // 3 * SECOND, EventKind.PAUSED, who=f"who-{i:03}")
    expected = re.compile(r"mail-\d{3}(?=</a>)|who-\d{3}")

    seen, url, texts = [], LOG, []
    while url:
        texts.append(page(megan, url))
        seen += expected.findall(texts[-1])
        older = re.search(r'href="(\?before=[^"]+)"', texts[-1])
        url = LOG + older[1] if older else None
    assert len(seen) == len(set(seen)) == 140
    assert len(texts) == 3

    newer = re.search(r'href="(\?after=[^"]+)"', texts[2])[1]
    assert expected.findall(page(megan, LOG + newer)) == expected.findall(texts[1])
    newer = re.search(r'href="(\?after=[^"]+)"', texts[1])[1]
    assert expected.findall(page(megan, LOG + newer)) == expected.findall(texts[0])


def test_newer_than_almost_the_newest_is_a_full_page(megan, now):
    rows = [entry(now + i * SECOND, subject=f"mail-{i}") for i in range(60)]
    place = f"{int(rows[55].at.timestamp() * 1e6)}-0-{rows[55].pk}"

    assert len(subjects(page(megan, LOG, after=place))) == 50


@pytest.mark.parametrize("place", ["x", "1-2", "1-9-1", "9" * 40 + "-0-1", "²-0-1", "1-0--1"])
def test_a_damaged_address_is_told_and_shows_the_newest(megan, now, place):
    entry(now)

    text = page(megan, LOG, before=place)

    assert "The address of this page is damaged" in text
    assert subjects(text) == ["mail-x"]


@pytest.mark.parametrize(
    "query", [{}, {"q": "mail-3 a@contoso.example"}, {"result": "deferred"}, {"api": "ews"}]
)
def test_the_list_asks_as_often_whatever_the_log_holds(megan, now, query):
    page(megan, LOG)
    counts = []
    for size in (2, 150):
        for i in range(size):
            attempts(
                now + i * SECOND, "deferred", "accepted", message_id=f"<{size}-{i}@x>",
                recipients="a@contoso.example",
            )  # fmt: skip
            event(now, EventKind.PAUSED)
        with CaptureQueriesContext(connection) as asked:
            page(megan, LOG, **query)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 13


def test_nothing_that_matches_leads_back_to_all(megan, now):
    entry(now)

    text = page(megan, LOG, q="nobody")

    assert "Nothing in the log matches." in text
    assert "Show all" in text


def test_a_stranger_sees_nothing(now):
    client = Client()
    client.force_login(factories.user("guest", superuser=False))

    assert client.get(LOG).status_code == 403
    assert client.get(f"{LOG}{entry(now).pk}/change/").status_code == 403


def test_each_day_has_its_heading(megan, stopped_clock):
    entry(stopped_clock, subject="mail-new")
    entry(stopped_clock - timedelta(days=1), subject="mail-old")
    entry(stopped_clock - timedelta(days=40), subject="mail-older")

    text = page(megan, LOG)

    assert text.index(">Today</h2>") < text.index("mail-new") < text.index(">Yesterday</h2>")
    assert text.count('class="mc-day"') == 3


def test_the_usual_sender_is_left_out_and_another_is_told(megan, now, unconnected):
    address = unconnected.account.address
    entry(now, from_address=f"Service Desk <{address}>")
    entry(now, from_address="", result="refused")
    shown = page(megan, LOG).partition("<tbody")[2]
    assert address not in shown
    assert "mc-only-narrow" not in shown

    entry(now, from_address="CEO <ceo@contoso.example>")
    assert 'title="CEO <ceo@contoso.example>">ceo@contoso.example' in page(megan, LOG)


def test_a_line_leads_to_its_message_and_its_time_to_the_entry(megan, now):
    row = factories.enqueue()
    one = entry(now, notification=row)

    text = page(megan, LOG)

    assert f'href="/notifications/notification/{row.pk}/change/">mail-x</a>' in text
    assert f'href="{LOG}{one.pk}/change/"' in text


def test_microsofts_code_and_words_of_an_event_stand_there_once_and_whole(megan, now):
    detail = (
        "AADSTS50173: The provided grant has expired " + "due to it being revoked " * 10 + "end."
    )
    event(now, EventKind.SIGN_IN_LOST, state="sign_in_required", code="AADSTS50173", detail=detail)

    text = page(megan, LOG)

    assert detail in text
    assert text.count("AADSTS50173") == 1


def test_a_long_address_ends_its_lines_at_its_signs(megan, now):
    entry(now, recipients="anna-katharina.of.the.castle@international.contoso.example")

    assert "castle@<wbr>international<wbr>.contoso<wbr>.example" in page(megan, LOG)
