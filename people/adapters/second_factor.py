"""The second factor's secrets, and what the authenticator app shows."""

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.totp.internal.auth import generate_totp_secret

from notifications import vault

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
            return str(generate_totp_secret())
