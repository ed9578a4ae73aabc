"""The words that a row is found by, in one column that is written with the row.

On PostgreSQL a GIN index has each word with the row's day before it, so that a search of some
days reads the index of those days only, however common a word is.
"""

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.models.expressions import Func

DAY_DIGITS = 5
# The index is made with the same expression; PostgreSQL compares what it means, not the text.
INDEXED = (
    "array_to_tsvector(string_to_array(replace("
    f"%(column)s, ' ', ' ' || left(%(column)s, {DAY_DIGITS})), ' '))"
)


class SearchField(models.TextField):  # type: ignore[type-arg]
    """Takes its value from the model's `search_text()`: a day of five digits, then words,
    between spaces."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options | {"editable": False, "default": ""})

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        text: str = model_instance.search_text()  # type: ignore[attr-defined]
        setattr(model_instance, self.attname, text)
        return text


class InIndexOfDay(Func):
    """PostgreSQL only: whether the GIN index has what `day.wanted` asks for; log_search.py puts
    it into a query that goes through rows of that name."""

    output_field = models.BooleanField()

    def __init__(self) -> None:
        super().__init__("search")

    def as_sql(  # type: ignore[override]
        self, compiler: Any, connection: Any, **_options: Any
    ) -> tuple[str, list[Any]]:
        column, parameters = compiler.compile(self.source_expressions[0])
        return f"({INDEXED % {'column': column}} @@ day.wanted::tsquery)", parameters


def wanted_of_day(day: str, words: Sequence[str]) -> str:
    """A tsquery for all words. One that begins with “=” is a mark, found whole; any other by its
    beginning."""
    return " & ".join(_lexeme(day, word) for word in words)


def _lexeme(day: str, word: str) -> str:
    quoted = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{day}{quoted}'" + ("" if word.startswith("=") else ":*")
