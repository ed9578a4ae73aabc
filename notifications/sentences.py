"""Sentences for people, from the modules that know no Django: written in English, shown in the
reader's language. `make messages` finds what `gettext_noop`, or `_`, is around."""

from collections.abc import Callable
from typing import Any, Self


def gettext_noop(text: str) -> str:
    """Marks a text that is translated where it is shown."""
    return text


class Sentence(str):
    """The English sentence with its values filled in, which remembers both, so that `translated`
    can say it in another language. Values may be sentences and exceptions themselves."""

    __slots__ = ("text", "values")
    text: str
    values: dict[str, Any]

    def __new__(cls, text: str, /, **values: Any) -> Self:
        self = super().__new__(cls, text % values if values else text)
        self.text, self.values = text, values
        return self


def translated(said: object, translate: Callable[[str], str]) -> str:
    """A sentence, or what an exception says, in the language of `translate`; anything else as
    it is."""
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
