"""The newest entries that match, quickly whatever they are: rare, common or none.

PostgreSQL cannot know whether it is better to go through the log from its end, until enough was
found, or to have the index find all that match. So: first the end of the log, which is enough
for what is common; then the index, by days, for longer and longer times. What was not found in
the time before is rare, so that few rows are read in the next, some times longer one. How many
queries that may be does not depend on the size of the log.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Count, Max, Min, Q, QuerySet

from .log_query import MOMENT, LogQuery
from .models import Attempt
from .models.attempt import day_of
from .models.search_field import InIndex

_SAMPLE = 5_000  # entries at the end
_LONGER = (16, 160, 640)  # times the sample's time
# PostgreSQL takes 32,767 nodes in a question: twice the days times the words.
_MOST_DAYS = timedelta(days=1_000)
# The index reads each entry that has a word by its beginning, so a word that is so much more
# common than another one is looked for in the rows that the other one has found.
_MUCH_MORE = 20
_DAY, _MICROSECOND = timedelta(days=1), timedelta(microseconds=1)
# PostgreSQL's guesses at how many match are often wrong by far; workers and compiled code,
# started because of them, take longer than the search.
_PLAIN_PLAN = (
    "SET LOCAL enable_seqscan = off; SET LOCAL jit = off; "
    "SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL work_mem = '64MB'"
)


def is_needed(query: LogQuery) -> bool:
    """Other databases are read through; the log of one notification has an index."""
    return connection.vendor == "postgresql" and query.is_narrow and not query.message_id


def nearest(query: LogQuery, *, limit: int, forward: bool, start: Q) -> list[Attempt]:
    """The `limit` newest unfolded entries beyond `start`; the oldest if `forward`."""
    return _Search(query, start, forward=forward).run(limit)


class _Search:
    def __init__(self, query: LogQuery, start: Q, *, forward: bool) -> None:
        self._query = query
        self._rows = query.unfolded_entries().filter(start)
        self._everything = LogQuery(since=query.since, until=query.until).entries().filter(start)
        self._forward = forward

    def run(self, limit: int) -> list[Attempt]:
        edge, counts = self._sample()
        if edge is None:
            return self._walk(self._rows, limit)
        found = self._walk(self._rows.filter(self._until(edge)), limit)
        if len(found) < limit:
            found += self._by_index(edge, counts, limit - len(found))
        return found

    def _sample(self) -> tuple[datetime | None, dict[str, int]]:
        """Where the first entries end (None = there are no more), and how many of them have
        each word."""
        words = [*self._query.marks, *self._query.words]
        counts = {f"n{i}": Count("pk", Q(search__contains=f" {w}")) for i, w in enumerate(words)}
        first = self._everything.order_by(*self._order())[:_SAMPLE]
        answer = first.aggregate(rows=Count("pk"), first=Min("at"), last=Max("at"), **counts)
        if answer["rows"] < _SAMPLE:
            return None, {}
        self._span = max(answer["last"] - answer["first"], timedelta(seconds=1))
        edge = answer["last" if self._forward else "first"]
        return edge, {word: answer[f"n{i}"] for i, word in enumerate(words)}

    def _walk(self, rows: QuerySet[Attempt], limit: int) -> list[Attempt]:
        return list(rows.order_by(*self._order())[:limit])

    def _by_index(self, edge: datetime, counts: dict[str, int], missing: int) -> list[Attempt]:
        words = _rare_enough(counts)
        if not words:
            return self._walk(self._rows.filter(self._beyond(edge)), missing)
        found: list[Attempt] = []
        rows = self._query.unfolded_entries(at=MOMENT)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_PLAIN_PLAN)
            for near, far in self._times(edge):
                indexed = InIndex(words, days=_days(min(near, far), max(near, far)))
                part = rows.filter(indexed, self._between(near, far))
                part = part.order_by(*self._order(MOMENT))
                found += part[: missing - len(found)]
                if len(found) >= missing:
                    break
        return found

    def _times(self, edge: datetime) -> Iterator[tuple[datetime, datetime]]:
        """From the edge on, each time with its end."""
        end = self._end()
        if end is None:
            return
        near = edge
        for times in _LONGER:
            distance = min(self._span * times, abs(near - edge) + _MOST_DAYS)
            far = self._whole_days(near, edge, distance)
            if far >= end if self._forward else far <= end:
                break
            yield near, far
            near = far
        while abs(end - near) > _MOST_DAYS:
            far = self._whole_days(near, near, _MOST_DAYS)
            yield near, far
            near = far
        yield near, end

    def _whole_days(self, near: datetime, edge: datetime, distance: timedelta) -> datetime:
        """About so far from the edge, but beyond `near` and where a day of the index ends: what
        it finds on the rest of a day is read in vain."""
        if self._forward:
            return max(_midnight(edge + distance), _midnight(near) + _DAY)
        far = _midnight(edge - distance) + _DAY
        return far if far < near else _midnight(near - _MICROSECOND)

    def _end(self) -> datetime | None:
        """Beyond it is nothing."""
        last: datetime | None = self._everything.aggregate(
            at=Max("at") if self._forward else Min("at")
        )["at"]
        return last + timedelta(seconds=1) if last and self._forward else last

    def _order(self, at: str = "at") -> tuple[str, str]:
        return (at, "pk") if self._forward else (f"-{at}", "-pk")

    def _until(self, edge: datetime) -> Q:
        return Q(at__lte=edge) if self._forward else Q(at__gte=edge)

    def _beyond(self, edge: datetime) -> Q:
        return Q(at__gt=edge) if self._forward else Q(at__lt=edge)

    def _between(self, near: datetime, far: datetime) -> Q:
        if self._forward:
            return Q(moment__gt=near, moment__lte=far)
        return Q(moment__lt=near, moment__gte=far)


def _rare_enough(counts: dict[str, int]) -> list[str]:
    """The words to ask the index for. Marks are cheap: it finds them whole."""
    rarest = min(counts.values(), default=0)
    return [
        word
        for word, count in counts.items()
        if word.startswith("=") or count <= max(rarest, 1) * _MUCH_MORE
    ]


def _midnight(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _days(first: datetime, last: datetime) -> list[str]:
    count = int(day_of(last)) - int(day_of(first))
    return [day_of(first + _DAY * i) for i in range(count + 1)]
