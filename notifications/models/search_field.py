"""The words by which a log entry is found, in one column that is written with the entry.

A word is found by its beginning. So that `wilber@contoso.example` finds
`alex.wilber@contoso.example`, what stands between spaces is kept once from each of its words on:
the same substring, as long as it begins with a word.

On PostgreSQL a GIN index has each word with the row's day before it, so that a search of some
days reads the index of those days only, however common a word is.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import models

DAY_DIGITS = 5
# The index is made with the same expression; PostgreSQL compares what it means, not the text.
INDEXED = (
    "array_to_tsvector(string_to_array(replace("
    f"%(column)s, ' ', ' ' || left(%(column)s, {DAY_DIGITS})), ' '))"
)
# Longer ones are cut, in the log as in a search: 64 characters tell words apart.
_LONGEST = 64
# Enough for a pasted message of several lines; more words make no search better.
_MOST_WANTED = 10
_SPACES = re.compile(r"[\s,;<>()\[\]\"“”\0]+")
# Chinese and Japanese have no spaces: each sign begins a word.
_IDEOGRAPHS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
# Digits begin a word too: `0042` finds `INC0042`.
_WORD = re.compile(rf"[{_IDEOGRAPHS}]|\d+|[^\W\d_{_IDEOGRAPHS}]+")


class SearchField(models.TextField):  # type: ignore[type-arg]
    """Takes its value from the model's `search_text()`: a day of five digits, then words,
    between spaces."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options | {"editable": False, "default": ""})

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        text: str = model_instance.search_text()  # type: ignore[attr-defined]
        setattr(model_instance, self.attname, text)
        return text


def words_of(texts: Iterable[str], *, ids: Iterable[str] = ()) -> list[str]:
    """All words of the texts, each once. `ids` are found by their own beginning only: each is
    one of millions, and their parts mean nothing."""
    found = [word for text in texts for word in _beginnings(text)]
    return list(dict.fromkeys(word for word in (*found, *map(whole, ids)) if word))


def whole(text: str) -> str:
    """An id, as one word."""
    return _SPACES.sub("", folded(text))[:_LONGEST]


def wanted(typed: str) -> list[str]:
    """Split what a person typed into words that all have to be there, in any order."""
    return typed_words(folded(typed))


def typed_words(typed: str) -> list[str]:
    """The same for columns that are kept as they came, with case and accents."""
    words = (_trimmed(chunk) for chunk in _SPACES.split(typed))
    return list(dict.fromkeys(word for word in words if word))[:_MOST_WANTED]


def folded(text: str) -> str:
    """Drop case and accents: `Müller` is found by `muller`."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c))


def _beginnings(text: str) -> Iterator[str]:
    for chunk in _SPACES.split(folded(text)):
        for word in _WORD.finditer(chunk):
            yield chunk[word.start() : word.start() + _LONGEST]


def _trimmed(chunk: str) -> str:
    """Drop the signs around the words."""
    words = list(_WORD.finditer(chunk))
    return chunk[words[0].start() : words[-1].end()][:_LONGEST] if words else ""
