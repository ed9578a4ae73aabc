"""The dashboard's figures: from tallies and log together, in the viewer's hours and days."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from notifications.log import figures, tallies
from notifications.log.figures import percentile
from notifications.models import Attempt, Tally
from notifications.models.attempt import Result
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 15, 7, tzinfo=UTC)


def entry(at, result=Result.ACCEPTED, **values):
    return Attempt.objects.create(at=at, result=result, **values)


def count_all_but_the_newest(now=NOW):
    tallies.count_new(now=now)
    assert Tally.objects.exists()


def test_entries_are_counted_once_whether_tallied_or_not():
    entry(NOW - timedelta(hours=2))
    entry(NOW - timedelta(minutes=1))
    before = figures.read(now=NOW)

    count_all_but_the_newest()

    assert figures.read(now=NOW) == before
    assert sum(span.counts[Result.ACCEPTED] for span in before.hours) == 2
    assert before.days[-1].counts[Result.ACCEPTED] == 2


def test_counting_twice_changes_nothing():
    entry(NOW - timedelta(hours=2))
    count_all_but_the_newest()

    tallies.count_new(now=NOW)
    tallies.count_new(now=NOW + timedelta(minutes=20))

    assert sum(Tally.objects.values_list("count", flat=True)) == 1


def test_a_quarter_is_counted_only_when_its_entries_are_all_written():
    late = datetime(2026, 11, 24, 15, 14, tzinfo=UTC)
    tallies.count_new(now=datetime(2026, 11, 24, 15, 16, tzinfo=UTC))
    entry(late)

    tallies.count_new(now=datetime(2026, 11, 24, 15, 21, tzinfo=UTC))

    assert Tally.objects.get(count=1).start == datetime(2026, 11, 24, 15, tzinfo=UTC)


def test_figures_outlive_the_entries():
    entry(NOW - timedelta(days=3))
    count_all_but_the_newest()

    Attempt.objects.all().delete()

    assert figures.read(now=NOW).days[-4].counts[Result.ACCEPTED] == 1


def test_old_tallies_are_forgotten():
    Tally.objects.create(start=NOW - timedelta(days=50), result=Result.FAILED, count=3)

    tallies.count_new(now=NOW)

    assert not Tally.objects.filter(count=3).exists()


def test_tests_are_left_out():
    entry(NOW - timedelta(minutes=1), is_test=True)
    entry(NOW - timedelta(hours=2), is_test=True)
    count_all_but_the_newest()

    assert not any(span.counts.total() for span in figures.read(now=NOW).hours)


@pytest.mark.parametrize("tallied", [False, True])
@pytest.mark.parametrize(
    ("zone", "day", "hour"),
    [
        ("UTC", date(2026, 11, 23), 20),
        ("Asia/Kathmandu", date(2026, 11, 24), 2),  # 5 h 45 min east
        ("America/Los_Angeles", date(2026, 11, 23), 12),
    ],
)
def test_hours_and_days_are_the_viewers(zone, day, hour, tallied):
    at = datetime(2026, 11, 23, 20, 50, tzinfo=UTC)
    entry(at)
    if tallied:
        count_all_but_the_newest()

    with timezone.override(ZoneInfo(zone)):
        shown = figures.read(now=NOW)

    assert [span.start for span in shown.days if span.counts.total()] == [day]
    hours = [span.start for span in shown.hours if span.counts.total()]
    assert [start.hour for start in hours] == [hour]
    assert hours[0] <= at < hours[0] + timedelta(hours=1)


def test_the_hour_that_comes_twice_in_autumn_is_two_hours():
    now = datetime(2026, 10, 25, 6, 0, tzinfo=UTC)
    entry(datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
    entry(datetime(2026, 10, 25, 1, 30, tzinfo=UTC))

    with timezone.override(ZoneInfo("Europe/Berlin")):
        hours = figures.read(now=now).hours

    assert [span.counts.total() for span in hours if span.start.hour == 2] == [1, 1]
    assert len(hours) == 24


def test_hours_and_days_have_no_gaps():
    shown = figures.read(now=NOW)

    assert [span.start.hour for span in shown.hours] == [*range(16, 24), *range(16)]
    assert shown.days[0].start == date(2026, 10, 26)
    assert shown.days[-1].start == date(2026, 11, 24)
    assert len(shown.days) == 30


def test_the_most_frequent_errors_come_first_under_their_code():
    for minutes in (1, 40, 90):
        entry(
            NOW - timedelta(minutes=minutes),
            Result.DEFERRED,
            code="ErrorServerBusy",
            http_status=minutes,
        )
    entry(NOW - timedelta(minutes=2), Result.FAILED, http_status=413)
    entry(NOW - timedelta(days=2), Result.FAILED, code="ErrorSendAsDenied")
    count_all_but_the_newest()

    errors = figures.read(now=NOW).errors

    assert [(e.answer.code, e.answer.status, e.count) for e in errors] == [
        ("ErrorServerBusy", 0, 3),
        ("", 413, 1),
    ]


def test_the_time_from_the_queue_to_accepted_is_measured():
    for seconds in (1, 2, 3, 100):
        row = factories.enqueue()
        entry(row.queued_at + timedelta(seconds=seconds), notification=row)
    entry(timezone.now(), is_test=True)

    waits = figures.read(now=timezone.now() + timedelta(minutes=2)).waits

    assert (waits.p50, waits.p95) == (timedelta(seconds=2), timedelta(seconds=100))
    assert waits.measured == 4


def test_the_time_until_which_one_was_to_wait_is_none_in_the_queue():
    row = factories.enqueue(due_at=timezone.now() + timedelta(hours=9))
    entry(row.scheduled_for + timedelta(seconds=3), notification=row)

    waits = figures.read(now=row.scheduled_for + timedelta(minutes=1)).waits

    assert waits.p95 == timedelta(seconds=3)


def test_without_accepted_ones_no_time_is_measured():
    assert figures.read(now=NOW).waits is None


@pytest.mark.parametrize(("share", "expected"), [(0.5, 2), (0.95, 4), (0.0, 1), (1.0, 4)])
def test_a_percentile_is_one_of_the_values(share, expected):
    values = [timedelta(seconds=n) for n in (1, 2, 3, 4)]

    assert percentile(values, share) == timedelta(seconds=expected)


def test_the_figures_ask_the_same_few_questions_whatever_the_log_holds(
    django_assert_max_num_queries,
):
    for minutes in range(200):
        entry(NOW - timedelta(minutes=17 * minutes), Result.FAILED, code=f"Error{minutes}")
    count_all_but_the_newest()

    with django_assert_max_num_queries(5):
        figures.read(now=NOW)
