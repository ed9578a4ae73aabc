"""The log's filters, as they stand in an address."""

import html
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.models import Attempt
from notifications.models.attempt import Result

pytestmark = pytest.mark.django_db
LOG = "/notifications/attempt/"


@pytest.fixture
def subjects(megan):
    def read(**query):
        response = megan.get(LOG, query)
        assert response.status_code == 200
        return re.findall(r"mail-\w+(?=</a>)", html.unescape(response.content.decode()))

    return read


def entry(at, subject, **values):
    return Attempt.objects.create(**{"at": at, "result": Result.ACCEPTED} | values, subject=subject)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"result": "failed"}, ["mail-failed"]),
        ({"api": "ews"}, ["mail-ews"]),
        ({"test": "yes"}, ["mail-test"]),
        ({"test": "no", "result": "refused"}, ["mail-refused"]),
        ({"code": "ErrorX"}, ["mail-failed"]),
        ({"code": "", "status": "503"}, ["mail-503"]),
        ({"result": "failed", "api": "ews"}, []),
        ({"application": "ticket system"}, ["mail-ews"]),
        ({"sender": "ceo@contoso.example"}, ["mail-test"]),
        ({"code": "ErrorX", "q": "", "api": "", "sender": ""}, ["mail-failed"]),
        ({"code": "", "q": "", "result": "failed"}, ["mail-failed"]),
    ],
)
def test_filters_alone_and_together(subjects, now, query, expected):
    entry(now, "mail-failed", result="failed", code="ErrorX", http_status=503)
    entry(now, "mail-ews", api="ews", initiator="Ticket system")
    entry(now, "mail-test", is_test=True, result="refused", from_address="ceo@contoso.example")
    entry(now, "mail-refused", result="refused")
    entry(now, "mail-503", http_status=503)

    assert subjects(**query) == expected


def test_all_time_is_shown_unless_a_time_is_chosen(subjects, now):
    entry(now - timedelta(days=400), "mail-old")
    entry(now - timedelta(days=6), "mail-new")

    assert subjects() == ["mail-new", "mail-old"]
    assert subjects(date="7d") == ["mail-new"]


def test_today_begins_at_midnight_of_the_page(subjects, stopped_clock):
    midnight = timezone.localtime(stopped_clock).replace(hour=0, minute=0, second=0, microsecond=0)
    entry(midnight, "mail-today")
    entry(midnight - timedelta(seconds=1), "mail-yesterday")

    assert subjects(date="today") == ["mail-today"]


def test_each_filter_that_is_set_can_be_taken_off(megan, now):
    text = megan.get(LOG, {"result": "failed", "code": "ErrorX", "api": ""}).content.decode()

    links = re.findall(r'mc-chip-remove" href="([^"]+)".*?Remove the filter (\w+)<', text)
    assert links == [("?code=ErrorX", "Result"), ("?result=failed", "Code")]


def test_a_range_is_from_and_to_in_the_time_of_the_page(subjects, now):
    for minutes in (0, 10, 20):
        entry(now.replace(hour=3, minute=minutes, second=30), f"mail-{minutes}")
    day = f"{now:%Y-%m-%d}"

    assert subjects(date="range", since=f"{day}T03:05", until=f"{day}T03:15") == ["mail-10"]
    assert subjects(since=f"{day} 03:05") == ["mail-20", "mail-10"]
    assert subjects(until=f"{day}T03:01") == ["mail-0"]


@pytest.mark.parametrize(
    "query",
    [
        {"result": "nonsense"},
        {"since": "yesterday"},
        {"since": "2026-02-02T00:00", "until": "2026-02-01T00:00"},
        {"status": "9" * 30},
        {"since": "0001-01-01T00:00", "until": "x"},
        {"q": "x" * 600},
        {"message": "\0"},
    ],
)
def test_a_wrong_filter_is_told_and_lists_nothing(megan, now, query):
    entry(now, "mail-x")

    response = megan.get(LOG, query)

    assert response.status_code == 422
    assert "mail-x" not in response.content.decode()
    assert "Correct the filter above." in response.content.decode()


@pytest.mark.parametrize("edge", ["0001-01-01T00:00", "9999-12-31T23:59"])
def test_the_ends_of_time_are_no_server_error(subjects, now, edge):
    entry(now, "mail-x")

    subjects(since=edge)
    subjects(until=edge, q="mail")


def test_the_filter_goes_along_to_an_entry_and_back(megan, now):
    failed = entry(now, "mail-failed", result="failed")
    text = html.unescape(megan.get(LOG, {"result": "failed", "q": "mail"}).content.decode())

    link = re.search(rf'href="({LOG}{failed.pk}/change/[^"]*)"', text)[1]
    text = html.unescape(megan.get(link).content.decode())

    assert f'href="{LOG}?result=failed&q=mail"' in text


@pytest.mark.parametrize("typed", ["%", '"', "_", "  ", "%_%", "\ufdfd"])
def test_a_search_without_letters_and_digits_is_refused_and_finds_nothing(megan, now, typed):
    Attempt.objects.create(at=now, result=Result.ACCEPTED, subject="Ticket 17")

    response = megan.get(LOG, {"q": typed})

    assert response.status_code == 422
    assert "Search for letters or digits" in response.content.decode()
    assert "Ticket 17" not in response.content.decode()
