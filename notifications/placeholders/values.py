"""How the values of JSON stand in a text."""

from typing import Any

from notifications.i18n import Sentence
from notifications.i18n import gettext_noop as _


class DoesNotFit(Exception):  # noqa: N818 - reads as what it is
    """The value cannot be used there."""


def as_text(value: Any, *, name: str) -> Any:
    """Return the value as a text shows it: null as nothing, true and false as JSON writes them;
    numbers stay, for the engine formats them. Raises DoesNotFit for a list or an object."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | dict):
        text = _(
            "“%(name)s” is a list or an object, which a text cannot show as a whole: name one of "
            "its fields, or join the list."
        )
        raise DoesNotFit(Sentence(text, name=name))
    return value
