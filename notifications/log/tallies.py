"""Count the log, so that the dashboard never has to read it."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Count
from django.db.models.functions import TruncMinute

from notifications.models import Attempt, Tally
from notifications.models.attempt import Result

# Hours and days begin with a quarter of an hour in every time zone.
QUARTER = timedelta(minutes=15)
KEPT = timedelta(days=40)
# Every entry of a quarter is committed so soon after it: `at` is taken shortly before.
_SETTLED = timedelta(minutes=5)
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


class Kind(NamedTuple):
    """The entries of a quarter of an hour with the same result and error are counted together."""

    start: datetime
    result: str
    code: str
    http_status: int


def quarter_of(when: datetime) -> datetime:
    """Return the beginning of the quarter of an hour that `when` falls into, in UTC."""
    return _EPOCH + (when - _EPOCH) // QUARTER * QUARTER


def counted_until(*, now: datetime) -> datetime:
    """Return the time up to which the tallies are complete."""
    last = Tally.objects.values_list("start", flat=True).first()
    return last + QUARTER if last else quarter_of(now - KEPT)


def count_entries(since: datetime, until: datetime) -> Counter[Kind]:
    """Count entries in the log itself, without tests; this is meant for short spans."""
    rows = (
        Attempt.objects.filter(at__gte=since, at__lt=until, is_test=False)
        .order_by()
        .annotate(minute=TruncMinute("at", tzinfo=UTC))
        .values_list("minute", "result", "code", "http_status")
        .annotate(Count("pk"))
    )
    found: Counter[Kind] = Counter()
    for minute, result, code, http_status, count in rows:
        found[Kind(quarter_of(minute), result, code, http_status)] += count
    return found


def count_new(*, now: datetime) -> None:
    """Write the tallies of the quarters that ended since the last time, and delete old ones. Two
    runs at once do no harm, because they count the same."""
    since, until = counted_until(now=now), quarter_of(now - _SETTLED)
    if since >= until:
        return
    found = count_entries(since, until)
    # The last quarter gets a row even without entries: it says how far the counting got.
    found[Kind(until - QUARTER, Result.ACCEPTED, "", 0)] += 0
    rows = [Tally(**kind._asdict(), count=count) for kind, count in found.items()]
    with transaction.atomic():
        Tally.objects.bulk_create(rows, ignore_conflicts=True)
        Tally.objects.filter(start__lt=now - KEPT).delete()
