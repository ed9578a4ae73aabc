"""The newest entries that match, quickly whatever they are: rare, common or none.

PostgreSQL cannot know whether it is better to go through the log from its end, until enough was
found, or to have the index find all that match. So: first the end of the log, which is enough
for what is common; then the index, day by day, until enough was found (day_index.py).
"""

from datetime import datetime

from django.db import connection
from django.db.models import Count, Max, Min, Q

from notifications.models import Attempt
from notifications.models.attempt import AttemptQuerySet

from . import day_index
from .day_index import MOMENT
from .query import LogQuery

_SAMPLE = 3_000  # entries at the end
# The index reads each entry that has a word by its beginning. That is so many times cheaper than
# to read a row, so a word is worth it unless the rarer ones leave too few rows to be read.
_CHEAPER = 200


def is_needed(query: LogQuery) -> bool:
    """Whether this search is worth it. Other databases are read through, and the log of one
    notification has an index of its own."""
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
        edge = answer["last" if self._forward else "first"]
        return edge, {word: answer[f"n{i}"] for i, word in enumerate(words)}

    def _walk(self, rows: AttemptQuerySet, limit: int) -> list[Attempt]:
        return list(rows.order_by(*self._order())[:limit])

    def _by_index(self, edge: datetime, counts: dict[str, int], missing: int) -> list[Attempt]:
        words = _rare_enough(counts)
        if not words:
            return self._walk(self._rows.filter(self._beyond(edge)), missing)
        beyond = self._everything.filter(self._beyond(edge))
        end = beyond.aggregate(at=Max("at") if self._forward else Min("at"))["at"]
        if end is None:
            return []
        rows = self._query.unfolded_entries(day_index.entries(), at=MOMENT)
        rows = rows.filter(self._beyond(edge, MOMENT)).order_by(*self._order(MOMENT))
        return day_index.matching(rows, words, first=edge, last=end, limit=missing)

    def _order(self, at: str = "at") -> tuple[str, str]:
        return (at, "pk") if self._forward else (f"-{at}", "-pk")

    def _until(self, edge: datetime) -> Q:
        return Q(at__lte=edge) if self._forward else Q(at__gte=edge)

    def _beyond(self, edge: datetime, at: str = "at") -> Q:
        return Q((f"{at}__{'gt' if self._forward else 'lt'}", edge))


def _rare_enough(counts: dict[str, int]) -> list[str]:
    """The words to ask the index for, by how many entries of the sample have each. Marks are
    cheap, because it finds them whole."""
    chosen: list[str] = []
    left = 0.0  # entries of the sample that have all chosen words, if one tells nothing of another
    for word, count in sorted(counts.items(), key=lambda item: item[1]):
        if not chosen:
            left = max(count, 1)
        elif word.startswith("=") or count <= left * _CHEAPER:
            left *= count / _SAMPLE
        else:
            continue
        chosen.append(word)
    return chosen
