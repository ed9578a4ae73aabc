"""Sentences for people from modules that know no Django, written in English and shown in the
reader's language. `make messages` collects the texts in `gettext_noop(…)` or `_(…)`.

A sentence that is kept in the database stands there in English, with its values filled in. The
module that writes it declares it `storable`; `shown` then recognises it.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Self

from .former_sentences import FORMER


def gettext_noop(text: str) -> str:
    """Mark a text that is translated when it is shown."""
    return text


class Sentence(str):
    """An English sentence with its values filled in, which keeps both so that `translated` can say
    it in another language. Values may be sentences and exceptions themselves."""

    __slots__ = ("text", "values")
    text: str
    values: dict[str, Any]

    def __new__(cls, text: str, /, **values: Any) -> Self:
        self = super().__new__(cls, text % values if values else text)
        self.text, self.values = text, values
        return self


def translated(said: object, translate: Callable[[str], str]) -> str:
    """Say a sentence, or an exception's, in the language of `translate`, anything else as it is."""
    if isinstance(said, BaseException):
        said = said.args[0] if said.args else ""
    if not isinstance(said, Sentence):
        return str(said)
    text = translate(said.text)
    if not said.values:
        return text
    return text % {
        name: translated(value, translate) if isinstance(value, Sentence | BaseException) else value
        for name, value in said.values.items()
    }


@dataclass(frozen=True, slots=True)
class _WithValues:
    """The shape of a wording, and the sentence of today that it says."""

    pattern: re.Pattern[str]
    text: str
    sentences: Collection[str]


# These are the storable sentences by their wordings, those of earlier versions included.
_plain: dict[str, str] = {}
_with_values: dict[str, _WithValues] = {}
_VALUE = re.compile(r"%\\\((\w+)\\\)s")


def storable(text: str, *, sentences: Collection[str] = ()) -> str:
    """Declare that `text` is kept in the database, and return it. The values named in `sentences`
    are storable sentences themselves."""
    for wording in (text, *(old for old, new in FORMER.items() if new == text)):
        pattern, values = _VALUE.subn(r"(?P<\1>.*)", re.escape(wording))
        if values:
            _with_values[wording] = _WithValues(re.compile(pattern, re.DOTALL), text, sentences)
        else:
            _plain[wording] = text
    return text


def shown(stored: str, translate: Callable[[str], str]) -> str:
    """Say a stored text in the language of `translate` if it is storable, else as it is. Several
    sentences stand one a line."""
    lines = stored.split("\n")
    if len(lines) > 1 and all(map(_is_storable, lines)):
        return "\n".join(shown(line, translate) for line in lines)
    if stored in _plain:
        return translate(_plain[stored])
    for known in _with_values.values():
        if found := known.pattern.fullmatch(stored):
            values = found.groupdict()
            said = {name: shown(values[name], translate) for name in known.sentences}
            return translate(known.text) % {**values, **said}
    return stored


def _is_storable(text: str) -> bool:
    return text in _plain or any(known.pattern.fullmatch(text) for known in _with_values.values())
