"""Secrets at rest, sealed with the installation's first key and opened with any of its keys."""

import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

# What each text sealed by Fernet begins with, until the year 2106: its version, and the first
# bytes of a time of 64 bits.
_BEGINNING = "gAAAAA"


class UnreadableSecret(Exception):  # noqa: N818 - reads as what it is
    """The secret was sealed with a key that this installation no longer has."""


def seal(secret: str) -> str:
    """Return encrypted text for a database column; "" stays ""."""
    return _keys().encrypt(secret.encode()).decode() if secret else ""


def unseal(sealed: str) -> str:
    try:
        return _keys().decrypt(sealed.encode()).decode() if sealed else ""
    except InvalidToken:
        # The sealed text must not travel with the traceback, hence "from None".
        raise UnreadableSecret from None


def is_sealed(text: str) -> bool:
    """Whether it looks like what `seal` makes, by whatever key."""
    return text.startswith(_BEGINNING)


def key_fingerprint() -> str:
    """Return a fingerprint by which processes compare their first keys without showing them."""
    return hashlib.sha256(settings.ENCRYPTION_KEYS[0].strip().encode()).hexdigest()[:16]


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(key.strip()) for key in settings.ENCRYPTION_KEYS])
