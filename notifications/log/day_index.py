"""PostgreSQL's index of the log's words, which is read day by day.

The index has each word with the day of its entry before it (models/search_field.py). One query
goes through the days in their order, and looks at a day only if those before it had too few.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, models, transaction
from django.db.models import F, Value
from django.db.models.expressions import ExpressionWrapper, Func

from notifications.models import Attempt
from notifications.models.attempt import AttemptQuerySet, day_of
from notifications.models.search_field import INDEXED

MOMENT = "moment"
_DAY = timedelta(days=1)
# PostgreSQL's guesses at how many match are often wrong by far; workers and compiled code,
# started because of them, take longer than the search.
_PLAIN_PLAN = (
    "SET LOCAL enable_seqscan = off; SET LOCAL jit = off; "
    "SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL work_mem = '64MB'"
)
# The days are known to come in the order of their numbers, so nothing is sorted that would need
# all of them first.
_DAY_BY_DAY = """
    SELECT found.* FROM unnest(%s::text[]) WITH ORDINALITY AS day(wanted, number)
    CROSS JOIN LATERAL ({of_one_day}) AS found ORDER BY day.number LIMIT %s
"""
_WANTED = "day.wanted"  # of the day that the query is at


def entries() -> AttemptQuerySet:
    """The entries, with their time under the name MOMENT too. A condition on `at` itself would
    make PostgreSQL gather all entries of that time by another index, to have fewer of those that
    this one finds, which are few."""
    moment: Any = ExpressionWrapper(
        F("at") + Value(timedelta(0)), output_field=models.DateTimeField()
    )
    return Attempt.objects.annotate(**{MOMENT: moment})


def matching(
    rows: AttemptQuerySet, words: Sequence[str], *, first: datetime, last: datetime, limit: int
) -> list[Attempt]:
    """The first `limit` of the ordered rows that have all words. The rows have to lie within the
    days from `first` to `last`, which is the earlier one where the newest rows come first."""
    wanted = [_query_of_day(day, words) for day in _days(first, last)]
    of_one_day, values = rows.filter(_InIndex())[:limit].query.sql_with_params()
    sql = _DAY_BY_DAY.format(of_one_day=of_one_day)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_PLAIN_PLAN)
        return list(Attempt.objects.raw(sql, [wanted, *values, limit]))


class _InIndex(Func):
    """Whether the index has for a row what is wanted of the day that the query is at."""

    output_field = models.BooleanField()

    def __init__(self) -> None:
        super().__init__("search")

    def as_sql(  # type: ignore[override]
        self, compiler: Any, connection: Any, **_options: Any
    ) -> tuple[str, list[Any]]:
        column, parameters = compiler.compile(self.source_expressions[0])
        return f"({INDEXED % {'column': column}} @@ {_WANTED}::tsquery)", parameters


def _query_of_day(day: str, words: Sequence[str]) -> str:
    """A tsquery for all words. One that begins with “=” is a mark, which is found whole; any
    other is found by its beginning."""
    return " & ".join(_lexeme(day, word) for word in words)


def _lexeme(day: str, word: str) -> str:
    quoted = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{day}{quoted}'" + ("" if word.startswith("=") else ":*")


def _days(first: datetime, last: datetime) -> list[str]:
    """All days from the one to the other, which may be the earlier."""
    step = _DAY if first <= last else -_DAY
    count = abs(int(day_of(last)) - int(day_of(first)))
    return [day_of(first + step * i) for i in range(count + 1)]
