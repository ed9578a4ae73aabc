"""Secrets at rest: sealed with the first of the installation's keys, opened with any of them."""

import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

# What each text sealed by Fernet begins with, until the year 2106: its version, and the first
# bytes of a time of 64 bits.
_BEGINNING = "gAAAAA"


class UnreadableSecret(Exception):  # noqa: N818 - reads as what it is
    """The secret was sealed with a key that this installation no longer has."""


def seal(secret: str) -> str:
    """Encrypted text for a database column; "" stays ""."""
    return _keys().encrypt(secret.encode()).decode() if secret else ""


def unseal(sealed: str) -> str:
    try:
        return _keys().decrypt(sealed.encode()).decode() if sealed else ""
    except InvalidToken:
        # "from None": the sealed text must not travel with the traceback.
        raise UnreadableSecret from None


def is_sealed(text: str) -> bool:
    """Whether it looks like what `seal` makes, by whatever key."""
    return text.startswith(_BEGINNING)


def key_fingerprint() -> str:
    """Tells whether two processes share their first encryption key, without showing it."""
    return hashlib.sha256(settings.ENCRYPTION_KEYS[0].strip().encode()).hexdigest()[:16]


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(key.strip()) for key in settings.ENCRYPTION_KEYS])
