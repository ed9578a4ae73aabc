"""The second factor's secrets, and what the authenticator app shows."""

import logging

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.db.models import Q

from notifications import vault

logger = logging.getLogger(__name__)
PURPOSE = "second_factor"


class SecondFactorAdapter(DefaultMFAAdapter):
    """A stolen database makes no codes."""

    def encrypt(self, text: str) -> str:
        return vault.seal(text, PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        """Open a secret. One whose key is lost is replaced by chance: no code fits then, and
        `manage.py reset_second_factor` helps."""
        try:
            return vault.unseal(encrypted_text, PURPOSE)
        except vault.UnreadableSecret:
            logger.exception(
                "No encryption key opens the second factor of user %s.", _whose(encrypted_text)
            )
            return str(generate_totp_secret())


def _whose(sealed: str) -> int | None:
    """Return the key of the user with this secret, which allauth does not tell here."""
    found = Authenticator.objects.filter(Q(data__secret=sealed) | Q(data__seed=sealed))
    return found.values_list("user_id", flat=True).first()
