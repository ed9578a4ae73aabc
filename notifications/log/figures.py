"""The dashboard's figures of accepted and failed attempts, by hour and by day.

A large log costs no more queries: finished quarters of an hour come from the tallies, and only the
rest is counted in the log itself. Hours and days follow Django's current time zone.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil

from django.db.models import QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from notifications.backends.errors import Answer
from notifications.backends.explanations.explain import EXPLANATIONS
from notifications.models import Attempt, Tally
from notifications.models.attempt import Result
from notifications.models.transitions.rows import waits_since

from . import tallies as tallying
from .tallies import Kind

HOURS, DAYS, ERRORS = 24, 30, 5
# So many of the newest accepted attempts are enough for a percentile, in a log of any size.
_MEASURED = 1000
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """An hour or a day: its beginning (a date for a day), and the number of each result."""

    start: datetime | date
    counts: Counter[str]


@dataclass(frozen=True, slots=True)
class TopError:
    """An error; `answer` explains it, and `count` is that of the last hours. A definite refusal
    and a doubt are two: `result` tells which, and `is_one_of_two` that the other one exists."""

    answer: Answer
    result: Result
    count: int
    is_one_of_two: bool = False


@dataclass(frozen=True, slots=True)
class Waits:
    """The waits from the queue, or from the time that was asked for, to "accepted", of the newest
    `measured` notifications of the last day."""

    p50: timedelta
    p95: timedelta
    measured: int


@dataclass(frozen=True, slots=True)
class Figures:
    """`hours` and `days` are oldest first and without gaps; the last one is not over yet."""

    hours: list[Span]
    days: list[Span]
    errors: list[TopError]
    waits: Waits | None


def read(*, now: datetime) -> Figures:
    counted = tallying.counted_until(now=now)
    fresh = tallying.count_entries(counted, now + _HOUR)
    first_hour = _hour_of(now) - (HOURS - 1) * _HOUR
    # Quarters that are counted meanwhile are left out, because they are in `fresh` already.
    tallies = Tally.objects.filter(start__lt=counted, count__gt=0).order_by()
    recent = fresh + _counted(tallies.filter(start__gte=first_hour))
    return Figures(
        hours=_by_hour(recent, first=first_hour),
        days=_by_day(tallies, fresh, now=now),
        errors=_top_errors(recent, since=first_hour),
        waits=_waits(now),
    )


def sent_today(*, now: datetime) -> int:
    """Count what Microsoft has accepted since the reader's midnight, in three queries."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    counted = tallying.counted_until(now=now)
    kept = Tally.objects.filter(
        start__gte=midnight, start__lt=counted, result=Result.ACCEPTED
    ).aggregate(total=Sum("count"))["total"]
    fresh = tallying.count_entries(max(counted, midnight), now + _HOUR)
    new = sum(count for kind, count in fresh.items() if kind.result == Result.ACCEPTED)
    return int(kept or 0) + new


def percentile(sorted_values: Sequence[timedelta], share: float) -> timedelta:
    """Return a percentile by nearest rank, which is one of the values; there must be one."""
    return sorted_values[max(ceil(share * len(sorted_values)), 1) - 1]


def _hour_of(when: datetime) -> datetime:
    return timezone.localtime(when).replace(minute=0, second=0, microsecond=0)


def _counted(rows: QuerySet[Tally]) -> Counter[Kind]:
    return Counter(
        {Kind(row.start, row.result, row.code, row.http_status): row.count for row in rows}
    )


def _by_hour(counts: Counter[Kind], *, first: datetime) -> list[Span]:
    """Count by elapsed hours, so that the two hours from 2 to 3 in autumn stay two."""
    begin = first.timestamp()
    spans = [
        Span(datetime.fromtimestamp(begin + n * 3600, tz=first.tzinfo), Counter())
        for n in range(HOURS)
    ]
    for kind, count in counts.items():
        index = int((kind.start.timestamp() - begin) // 3600)
        if 0 <= index < HOURS:
            spans[index].counts[kind.result] += count
    return spans


def _by_day(tallies: QuerySet[Tally], fresh: Counter[Kind], *, now: datetime) -> list[Span]:
    today = timezone.localdate(now)
    days = {today - n * _DAY: Counter[str]() for n in reversed(range(DAYS))}
    # One more day is read, because the first one may begin up to 14 hours before UTC's.
    rows = tallies.filter(start__gte=now - (DAYS + 1) * _DAY)
    by_day = rows.values_list(TruncDate("start"), "result").annotate(Sum("count"))
    mine = [(timezone.localdate(k.start), k.result, count) for k, count in fresh.items()]
    for day, result, count in (*by_day, *mine):
        if day in days:
            days[day][result] += count
    return [Span(day, counts) for day, counts in days.items()]


def _top_errors(counts: Counter[Kind], *, since: datetime) -> list[TopError]:
    errors: Counter[tuple[str, int, str]] = Counter()
    for kind, count in counts.items():
        if kind.result != Result.ACCEPTED and kind.start >= since:
            # A known code says more than the status that it came with.
            status = 0 if kind.code in EXPLANATIONS else kind.http_status
            errors[kind.code, status, kind.result] += count
    of_code = Counter((code, status) for code, status, _result in errors)
    return [
        TopError(Answer(status, code), Result(result), count, of_code[code, status] > 1)
        for (code, status, result), count in errors.most_common(ERRORS)
    ]


def _waits(now: datetime) -> Waits | None:
    begun = waits_since("notification__")
    pairs: Iterable[tuple[datetime, datetime]] = (
        Attempt.objects.filter(at__gte=now - _DAY, result=Result.ACCEPTED, is_test=False)
        .exclude(notification=None)
        .order_by("-at")
        .values_list("at", begun)[:_MEASURED]
    )
    waits = sorted(max(at - begun_at, timedelta()) for at, begun_at in pairs)
    if not waits:
        return None
    return Waits(percentile(waits, 0.5), percentile(waits, 0.95), len(waits))
