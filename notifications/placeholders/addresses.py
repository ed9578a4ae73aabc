"""Addresses with placeholders: a value is a name or one address, never another recipient.

The characters that separate and enclose addresses count only where the template's author wrote
them. In values they are replaced by private ones while the text is taken apart.
"""

from typing import Any

from notifications.i18n import Sentence
from notifications.i18n import gettext_noop as _
from notifications.message.addresses import Address, AddressError, parse_address, split_addresses

_STRUCTURE = ',;"<>\\'
_PRIVATE = {ord(character): chr(0xE900 + n) for n, character in enumerate(_STRUCTURE)}
_BACK = {ord(private): chr(character) for character, private in _PRIVATE.items()}


def guarded(values: Any) -> Any:
    """Return plain data with private characters in place of those that structure addresses."""
    if isinstance(values, str):
        return values.translate(_PRIVATE)
    if isinstance(values, list):
        return [guarded(item) for item in values]
    if isinstance(values, dict):
        return {key: guarded(value) for key, value in values.items()}
    return values


def unguarded(text: str) -> str:
    """A text that was filled in with guarded values, as people write it."""
    return text.translate(_BACK)


def addresses(text: str) -> list[Address]:
    """The addresses in a text that was filled in with guarded values. Raises AddressError."""
    return [_address(piece) for piece in split_addresses(text) if piece.strip()]


def _address(piece: str) -> Address:
    if not any(character in piece for character in _STRUCTURE):
        return _whole(unguarded(piece))
    try:
        found = parse_address(piece)
    except AddressError as error:
        said: Sentence = error.args[0]
        values = {name: unguarded(value) for name, value in said.values.items()}
        raise AddressError(Sentence(said.text, **values)) from error
    return Address(found.address, unguarded(found.name))


def _whole(text: str) -> Address:
    """Read what a placeholder alone holds: an address, which may have a name, but only one."""
    try:
        return parse_address(text)
    except AddressError as error:
        if len([entry for entry in split_addresses(text) if "@" in entry]) < 2:  # noqa: PLR2004
            raise
        rule = _(
            "“%(text)s” are several addresses, and the value of a placeholder is one address only. "
            "Give them as a list, and write {{ name|join:', ' }} in the template."
        )
        raise AddressError(Sentence(rule, text=text[:100])) from error
