"""A page of the log, with entries and connection events in one time line, newest first.

A page begins and ends at a place in time and has no number: nothing is counted, and a page stays
the same while entries are added. A list needs the same few queries for a log of any size, and a
search at most some more (search.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from notifications.models import Attempt, ConnectionEvent
from notifications.models.attempt import Result
from notifications.models.rows import row_number

from . import search
from .query import LogQuery

PAGE_SIZE = 50
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LATEST = int(datetime(9999, 12, 30, tzinfo=UTC).timestamp()) * 1_000_000
# An event is shown above an entry of the same moment.
_RANKS: dict[type, int] = {Attempt: 0, ConnectionEvent: 1}


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place in time where a page ends. str() is for an address; `parse` reads it."""

    at: datetime
    rank: int
    pk: int

    def __str__(self) -> str:
        return f"{(self.at - _EPOCH) // _MICROSECOND}-{self.rank}-{self.pk}"

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """Raises ValueError."""
        moment, rank, pk = map(_number, text.split("-"))
        if moment > _LATEST or rank not in _RANKS.values():
            raise ValueError(text)
        return cls(_EPOCH + _MICROSECOND * moment, rank, pk)

    @classmethod
    def of(cls, row: Any) -> "Cursor":
        return cls(row.at, _RANKS[type(row)], row.pk)

    def beyond(self, model: type, *, forward: bool) -> Q:
        """Select the rows of a model that come after this place in the direction."""
        sign = "gt" if forward else "lt"
        rank = _RANKS[model]
        if rank != self.rank:
            all_of_the_moment = (rank > self.rank) == forward
            return Q(**{f"at__{sign}{'e' if all_of_the_moment else ''}": self.at})
        # An index can use the first condition.
        return Q(**{f"at__{sign}e": self.at}) & (
            Q(**{f"at__{sign}": self.at}) | Q(**{f"pk__{sign}": self.pk})
        )


@dataclass(frozen=True, slots=True)
class Row:
    """An entry or an event; `earlier` deferred attempts are folded under the entry."""

    entry: Attempt | None = None
    event: ConnectionEvent | None = None
    earlier: int = 0

    @property
    def at(self) -> datetime:
        row = self.entry or self.event
        assert row is not None  # noqa: S101 - it is one of the two
        return row.at


@dataclass(frozen=True, slots=True)
class Page:
    """`newer` and `older` are where to go on from; None = there is nothing there."""

    rows: list[Row] = field(default_factory=list)
    newer: Cursor | None = None
    older: Cursor | None = None


def read(query: LogQuery, *, before: Cursor | None = None, after: Cursor | None = None) -> Page:
    """The newest page; or what is older than `before`, or just newer than `after`."""
    if after:
        rows, is_more = _rows(query, after, forward=True)
        if is_more:
            rows.reverse()
            return _page(query, rows, has_newer=True, has_older=True)
        # Fewer rows than a page are left, so the newest page is shown, which is full.
        before = None
    rows, is_more = _rows(query, before, forward=False)
    return _page(query, rows, has_newer=before is not None, has_older=is_more)


def newest(query: LogQuery, *, limit: int) -> list[Attempt]:
    """Return the newest entries that match."""
    return _entries(query, Q(), limit, forward=False)


def neighbours(query: LogQuery, entry: Attempt) -> tuple[Attempt | None, Attempt | None]:
    """Return the entries that come just after and just before this one, newer and older."""
    newer, older = (
        _entries(query, Cursor.of(entry).beyond(Attempt, forward=forward), 1, forward=forward)
        for forward in (True, False)
    )
    return next(iter(newer), None), next(iter(older), None)


def _page(query: LogQuery, rows: Sequence[Any], *, has_newer: bool, has_older: bool) -> Page:
    if not rows:
        return Page()
    folded = _folded(query, [row for row in rows if isinstance(row, Attempt)])
    shown = [
        Row(entry=row, earlier=folded.get(row.pk, 0))
        if isinstance(row, Attempt)
        else Row(event=row)
        for row in rows
    ]
    newer = Cursor.of(rows[0]) if has_newer else None
    return Page(shown, newer, Cursor.of(rows[-1]) if has_older else None)


def _rows(query: LogQuery, cursor: Cursor | None, *, forward: bool) -> tuple[list[Any], bool]:
    """Entries and events together in the direction, and whether there are more."""
    limit = PAGE_SIZE + 1
    start = cursor.beyond(Attempt, forward=forward) if cursor else Q()
    found = _entries(query, start, limit, forward=forward)
    events = query.events()
    if cursor:
        events = events.filter(cursor.beyond(ConnectionEvent, forward=forward))
    merged = [*found, *_first(events, limit, forward=forward)]
    merged.sort(key=lambda row: (row.at, _RANKS[type(row)], row.pk), reverse=not forward)
    return merged[:PAGE_SIZE], len(merged) > PAGE_SIZE


def _entries(query: LogQuery, start: Q, limit: int, *, forward: bool) -> list[Attempt]:
    if query.with_entries and search.is_needed(query):
        return search.nearest(query, limit=limit, forward=forward, start=start)
    return _first(query.unfolded_entries().filter(start), limit, forward=forward)


def _first(rows: QuerySet[Any], limit: int, *, forward: bool) -> list[Any]:
    return list(rows.order_by(*(("at", "pk") if forward else ("-at", "-pk")))[:limit])


def _folded(query: LogQuery, entries: list[Attempt]) -> dict[int, int]:
    """Count the deferred attempts that are folded under an entry, the latest of a notification."""
    if query.result == Result.DEFERRED or query.message_id:
        return {}
    ids = {entry.message_id for entry in entries if entry.message_id}
    attempts = Attempt.objects.shown().filter(message_id__in=ids)
    if query.until:
        attempts = attempts.filter(at__lt=query.until)
    deferred = Count("pk", Q(result=Result.DEFERRED))
    counted = attempts.order_by().values("message_id").annotate(Max("at"), deferred=deferred)
    latest = {(row["message_id"], row["at__max"]): row["deferred"] for row in counted}
    return {
        entry.pk: latest.get((entry.message_id, entry.at), 0) - (entry.result == Result.DEFERRED)
        for entry in entries
        if (entry.message_id, entry.at) in latest
    }


def _number(text: str) -> int:
    number = row_number(text)
    if number is None:
        raise ValueError(text)
    return number
