"""The newest entries that match, found quickly whether they are rare, common or none.

PostgreSQL cannot know whether it is better to read the log from its end until enough was found, or
to let the index find all that match. So the end of the log comes first, which is enough for common
words; then the index is asked day by day, in one query, until enough was found.
"""

from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Count, Max, Min, Q, QuerySet

from notifications.models import Attempt
from notifications.models.attempt import day_of

from . import day_index
from .day_index import MOMENT
from .query import LogQuery

_SAMPLE = 3_000  # entries at the end of the log
# The index steps through every entry that has a word, and a step is so many times cheaper than
# reading a row. A further word is therefore asked for, unless it costs more steps than it can save
# rows.
_CHEAPER = 200
_DAY = timedelta(days=1)


def is_needed(query: LogQuery) -> bool:
    """Tell whether to search the index: only PostgreSQL has it; one notification needs none."""
    return connection.vendor == "postgresql" and query.is_narrow and not query.message_id


def nearest(query: LogQuery, *, limit: int, forward: bool, start: Q) -> list[Attempt]:
    """Return the `limit` newest unfolded entries beyond `start`, or the oldest if `forward`."""
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
        """Return the end of the first entries (None if there are no more), and how many of them
        have each word."""
        words = [*self._query.marks, *self._query.words]
        counts = {f"n{i}": Count("pk", Q(search__contains=f" {w}")) for i, w in enumerate(words)}
        first = self._everything.order_by(*self._order())[:_SAMPLE]
        answer = first.aggregate(rows=Count("pk"), first=Min("at"), last=Max("at"), **counts)
        if answer["rows"] < _SAMPLE:
            return None, {}
        edge = answer["last" if self._forward else "first"]
        return edge, {word: answer[f"n{i}"] for i, word in enumerate(words)}

    def _walk(self, rows: QuerySet[Attempt], limit: int) -> list[Attempt]:
        return list(rows.order_by(*self._order())[:limit])

    def _by_index(self, edge: datetime, counts: dict[str, int], missing: int) -> list[Attempt]:
        words = _rare_enough(counts)
        if not words:
            return self._walk(self._rows.filter(self._beyond(edge)), missing)
        beyond = self._everything.filter(self._beyond(edge))
        end = beyond.aggregate(at=Max("at") if self._forward else Min("at"))["at"]
        if end is None:
            return []
        rows = self._query.unfolded_entries(day_index.with_moment(), at=MOMENT)
        rows = rows.filter(self._beyond(edge, MOMENT)).order_by(*self._order(MOMENT))
        return day_index.first_of_days(rows, days=_days(edge, end), words=words, limit=missing)

    def _order(self, at: str = "at") -> tuple[str, str]:
        return (at, "pk") if self._forward else (f"-{at}", "-pk")

    def _until(self, edge: datetime) -> Q:
        return Q(at__lte=edge) if self._forward else Q(at__gte=edge)

    def _beyond(self, edge: datetime, at: str = "at") -> Q:
        return Q((f"{at}__{'gt' if self._forward else 'lt'}", edge))


def _rare_enough(counts: dict[str, int]) -> list[str]:
    """Return the words to ask the index for, given how many entries of the sample have each. Marks
    are cheap, because it finds them whole."""
    chosen: list[str] = []
    left = 0.0  # sample entries that have all chosen words, if words are independent
    for word, count in sorted(counts.items(), key=lambda item: item[1]):
        if not chosen:
            left = max(count, 1)
        elif word.startswith("=") or count <= left * _CHEAPER:
            left *= count / _SAMPLE
        else:
            continue
        chosen.append(word)
    return chosen


def _days(first: datetime, last: datetime) -> list[str]:
    """Return the days from one to the other, which may be the earlier."""
    step = _DAY if first <= last else -_DAY
    count = abs(int(day_of(last)) - int(day_of(first)))
    return [day_of(first + step * i) for i in range(count + 1)]
