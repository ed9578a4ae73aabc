"""The filters of the log, and the rows that they leave."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from notifications.models import Attempt, ConnectionEvent
from notifications.models.attempt import AttemptQuerySet, Result, mark
from notifications.models.search_field import typed_words, wanted, whole

from .day_index import DELIVERY_WORD

# A request id begins with a group of this length; shorter words are no ids.
_SHORTEST_ID = 8


@dataclass(frozen=True, slots=True)
class LogQuery:
    """An empty value does not filter. `since` belongs to the time, `until` does not. `message_id`
    asks for all attempts of one notification. `status` counts only if it is not None."""

    text: str = ""
    result: str = ""
    delivery: str = ""
    api: str = ""
    is_test: bool | None = None
    code: str | None = None
    status: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    message_id: str = ""
    with_entries: bool = True
    with_events: bool = True

    @property
    def words(self) -> list[str]:
        return wanted(self.text)

    @property
    def marks(self) -> list[str]:
        """The filters as marks of the search index."""
        marks = (
            mark(self.result),
            mark(self.api),
            mark("test") if self.is_test else "",
            mark(str(self.status)) if self.status else "",
            whole(self.code or ""),
        )
        return [found for found in marks if found]

    @property
    def is_narrow(self) -> bool:
        """Tell whether only few of the newest entries may match."""
        filters = (self.is_test, self.code, self.status)
        return bool(self.words or self.result or self.api or filters != (None, None, None))

    def entries(
        self, entries: AttemptQuerySet | None = None, *, at: str = "at"
    ) -> QuerySet[Attempt]:
        """Return all that match of `entries` (by default the whole log), unordered. `at` is the
        column of their time, or an annotation of the same."""
        whole_log = Attempt.objects.all() if entries is None else entries
        rows: QuerySet[Attempt] = whole_log.shown(at=at).filter(self._in_time(at))
        wanted_values = {
            "result": self.result or None,
            "delivery" if at == "at" else DELIVERY_WORD: self.delivery or None,
            "api": self.api or None,
            "is_test": self.is_test,
            "code": self.code,
            "http_status": self.status,
            "message_id": self.message_id or None,
        }
        rows = rows.filter(**{k: v for k, v in wanted_values.items() if v is not None})
        if self.delivery and at == "at":
            # SQLite takes the partial index only where its own condition stands in the question.
            rows = rows.exclude(delivery="")
        for word in self.words:
            rows = rows.filter(search__contains=f" {word}")
        return rows if self.with_entries else rows.none()

    def unfolded_entries(
        self, entries: AttemptQuerySet | None = None, *, at: str = "at"
    ) -> QuerySet[Attempt]:
        """Leave out deferred attempts that are folded under a later one. One stands for itself if
        the later one is after the time, or if only this one has the request id."""
        rows = self.entries(entries, at=at).defer("search", "message", "note")
        if self.result == Result.DEFERRED or self.message_id:
            return rows
        shown = Q(superseded_at=None)
        if self.until:
            shown |= Q(superseded_at__gte=self.until)
        for word in self.words:
            if len(word) >= _SHORTEST_ID:
                shown |= Q(request_id__istartswith=word) | Q(client_request_id__istartswith=word)
        return rows.filter(shown)

    def events(self) -> QuerySet[ConnectionEvent]:
        """Return events that match; a filter on result or API leaves none: they have neither."""
        narrow = (
            self.result or self.delivery or self.api or self.message_id or self.is_test is not None
        )
        if not self.with_events or narrow or (self.code, self.status) != (None, None):
            return ConnectionEvent.objects.none()
        rows = ConnectionEvent.objects.filter(self._in_time("at"))
        for word in typed_words(self.text):
            rows = rows.filter(
                Q(account__icontains=word)
                | Q(who__icontains=word)
                | Q(code__icontains=word)
                | Q(detail__icontains=word)
            )
        return rows

    def _in_time(self, at: str) -> Q:
        since = Q(**{f"{at}__gte": self.since}) if self.since else Q()
        return since & (Q(**{f"{at}__lt": self.until}) if self.until else Q())
