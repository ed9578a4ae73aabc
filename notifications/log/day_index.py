"""PostgreSQL's index of the log's words, asked day by day in one query.

The statement, the alias `day` that its parts name, and the plan that it needs belong together.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import connection, models, transaction
from django.db.models import DateTimeField, ExpressionWrapper, F, QuerySet, Value
from django.db.models.expressions import Func
from django.db.models.functions import Concat

from notifications.models import Attempt
from notifications.models.attempt import AttemptQuerySet
from notifications.models.search_field import INDEXED

# This is `at`, hidden from its index: PostgreSQL would otherwise gather all entries of a time with
# that index, to narrow the few that the search index finds.
MOMENT = "moment"
# The same for `delivery`, whose index has every entry that arrived.
DELIVERY_WORD = "delivery_word"
_AT_WITHOUT_INDEX: Any = ExpressionWrapper(
    F("at") + Value(timedelta(0)), output_field=DateTimeField()
)
# PostgreSQL is often far off when it guesses how many match, and then starts parallel workers and
# compiled code, which take longer than the search.
_PLAIN_PLAN = (
    "SET LOCAL enable_seqscan = off; SET LOCAL jit = off; "
    "SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL work_mem = '64MB'"
)
# LIMIT ends the query, so a day is searched only if those before it had too few. The ordinal
# numbers arrive in order, so PostgreSQL does not sort, for which it would need all days first.
_DAY_BY_DAY = """
    SELECT found.* FROM unnest(%s::text[]) WITH ORDINALITY AS day(wanted, number)
    CROSS JOIN LATERAL ({of_one_day}) AS found ORDER BY day.number LIMIT %s
"""


def with_moment() -> AttemptQuerySet:
    """All entries, with their time as MOMENT, and DELIVERY_WORD."""
    hidden = Concat(F("delivery"), Value(""), output_field=models.TextField())
    return Attempt.objects.annotate(**{MOMENT: _AT_WITHOUT_INDEX, DELIVERY_WORD: hidden})


def first_of_days(
    rows: QuerySet[Attempt], *, days: Sequence[str], words: Sequence[str], limit: int
) -> list[Attempt]:
    """Return the first `limit` of the rows that have all words, one day after the other. `rows`
    come from `with_moment`, are in order, and are filtered and ordered by MOMENT, not by `at`."""
    of_one_day, values = rows.filter(_InIndexOfDay())[:limit].query.sql_with_params()
    wanted = [_wanted_of_day(day, words) for day in days]
    sql = _DAY_BY_DAY.format(of_one_day=of_one_day)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_PLAIN_PLAN)
        return list(Attempt.objects.raw(sql, [wanted, *values, limit]))


class _InIndexOfDay(Func):
    """The condition that the GIN index has what `day.wanted` asks for."""

    output_field = models.BooleanField()

    def __init__(self) -> None:
        super().__init__("search")

    def as_sql(  # type: ignore[override]
        self, compiler: Any, connection: Any, **_options: Any
    ) -> tuple[str, list[Any]]:
        column, parameters = compiler.compile(self.source_expressions[0])
        return f"({INDEXED % {'column': column}} @@ day.wanted::tsquery)", parameters


def _wanted_of_day(day: str, words: Sequence[str]) -> str:
    """Write a tsquery for all words. One that begins with “=” is a mark, found whole; any other is
    found by its beginning."""
    return " & ".join(_lexeme(day, word) for word in words)


def _lexeme(day: str, word: str) -> str:
    quoted = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{day}{quoted}'" + ("" if word.startswith("=") else ":*")
