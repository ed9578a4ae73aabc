"""Secrets at rest, sealed with the installation's first key and opened with any of its keys.

Each purpose, which is the name of a column, has keys of its own, derived from these: what was
sealed for one column is not opened in another.
"""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

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
    try:
        return _keys(purpose).decrypt(sealed.encode()).decode() if sealed else ""
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


def _keys(purpose: str) -> MultiFernet:
    return MultiFernet([Fernet(_key(key.strip(), purpose)) for key in settings.ENCRYPTION_KEYS])


def _key(key: str, purpose: str) -> str | bytes:
    if purpose == UNBOUND:
        return key
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode())
    return base64.urlsafe_b64encode(derivation.derive(base64.urlsafe_b64decode(key)))
