"""The words that a row is found by, in one column that is written with the row.

On PostgreSQL a GIN index has each word with the row's day before it, so that a search of some
days reads the index of those days only, however common a word is.
"""

from typing import Any

from django.db import models

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
