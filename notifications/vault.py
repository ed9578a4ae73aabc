"""Secrets at rest, sealed with the installation's first key and opened with any of its keys.

Each purpose, which is the name of a column, has keys of its own, derived from these: what was
sealed for one column is not opened in another.

cryptography is imported for the first secret (PLC0415): it takes 9 MB, and a command that opens
none needs none of it.
"""

import base64
import hashlib
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

# The purpose of what versions before migration 0021 sealed: the keys themselves, for all columns.
UNBOUND = ""
# What each text sealed by Fernet begins with, until the year 2106: its version, and the first
# bytes of a time of 64 bits.
_BEGINNING = "gAAAAA"


class UnreadableSecret(Exception):  # noqa: N818 - reads as what it is
    """No key that this installation has opens the secret for this purpose."""


def seal(secret: str, purpose: str) -> str:
    """Return encrypted text for a database column; "" stays ""."""
    return _keys(purpose).encrypt(secret.encode()).decode() if secret else ""


def unseal(sealed: str, purpose: str) -> str:
    if not sealed:
        return ""
    from cryptography.fernet import InvalidToken  # noqa: PLC0415

    try:
        return _keys(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken:
        # The sealed text must not travel with the traceback, hence "from None".
        raise UnreadableSecret from None


def unseal_even_unbound(sealed: str, purpose: str) -> str:
    """Open what an earlier version sealed as well. Only who seals it anew may ask for this: else
    an old dump would have secrets that fit into every column."""
    try:
        return unseal(sealed, purpose)
    except UnreadableSecret:
        return unseal(sealed, UNBOUND)


def is_sealed(text: str) -> bool:
    """Whether it looks like what `seal` makes, by whatever key."""
    return text.startswith(_BEGINNING)


def key_fingerprint() -> str:
    """Return a fingerprint by which processes compare their first keys without showing them."""
    return hashlib.sha256(settings.ENCRYPTION_KEYS[0].strip().encode()).hexdigest()[:16]


def _keys(purpose: str) -> "MultiFernet":
    from cryptography.fernet import Fernet, MultiFernet  # noqa: PLC0415

    return MultiFernet([Fernet(_key(key.strip(), purpose)) for key in settings.ENCRYPTION_KEYS])


def _key(key: str, purpose: str) -> str | bytes:
    if purpose == UNBOUND:
        return key
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: PLC0415

    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode())
    return base64.urlsafe_b64encode(derivation.derive(base64.urlsafe_b64decode(key)))
