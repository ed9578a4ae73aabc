"""A webhook's address, whose path and query may let in whoever knows them: it is sealed at rest."""

import re
from typing import TYPE_CHECKING, Any

from django.db import models

from notifications import vault

if TYPE_CHECKING:
    _Char = models.CharField[str, str]
else:
    # Django's fields take no types when the program runs.
    _Char = models.CharField
_HOST_ENDS = re.compile("[/?#]")


class LostAddress(str):
    """What is read where no key opens the address: nothing. It keeps what is stored, so that a
    change of something else in the row does not lose it."""

    __slots__ = ("stored",)
    stored: str

    @classmethod
    def of(cls, stored: str) -> "LostAddress":
        lost = cls()
        lost.stored = stored
        return lost


class SealedAddressField(_Char):
    """In the program it is the address; in the database it is `HOST SEALED`, so that a dump tells
    whose address it is and not what lets a caller in."""

    def deconstruct(self) -> Any:
        """Tell migrations of a TextField, as SealedField does."""
        name, _path, arguments, options = super().deconstruct()
        options.pop("max_length", None)
        return name, "django.db.models.TextField", arguments, options

    def db_type(self, connection: Any) -> str | None:
        return models.TextField().db_type(connection)

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, LostAddress):
            return value.stored
        return sealed(super().get_prep_value(value), self.name)

    def from_db_value(self, value: Any, *_database: object) -> Any:
        return opened(value, self.name)

    def is_readable(self, row: models.Model) -> bool:
        return not isinstance(getattr(row, self.name), LostAddress)

    def resealed(self, stored: str) -> str:
        """What is stored of the same address, sealed with the first key. Raises
        vault.UnreadableSecret."""
        host, _space, secret = stored.rpartition(" ")
        address = vault.unseal_even_unbound(secret, self.name)
        return f"{host} {vault.seal(address, self.name)}"


def sealed(address: Any, purpose: str) -> Any:
    """Return what is stored; what is sealed already stays as it is."""
    if not isinstance(address, str) or not address or " " in address:
        return address
    scheme, _slashes, rest = address.partition("//")
    host = _HOST_ENDS.split(rest, maxsplit=1)[0].rpartition("@")[2]
    return f"{scheme}//{host} {vault.seal(address, purpose)}"


def opened(stored: Any, purpose: str) -> Any:
    """Return the address. One that is stored in clear was not stored by us, and is none."""
    if not stored:
        return stored
    try:
        return vault.unseal(stored.rpartition(" ")[2], purpose)
    except vault.UnreadableSecret:
        return LostAddress.of(stored)


def readable_part(address: str) -> str:
    """Return the address, or where no key opens it what is known of it: the host."""
    return address.stored.rpartition(" ")[0] if isinstance(address, LostAddress) else address
