"""The listener's certificate: read again when its files change."""

import ssl
from datetime import datetime
from pathlib import Path

from cryptography import x509
from django.conf import settings

from notifications.i18n import gettext_noop as _
from notifications.i18n import storable

PROBLEM = storable(_("The certificate cannot be used: %(reason)s."))


class Certificate:
    """`problem` says why there is none ("" where none is set, or where it is fine)."""

    def __init__(self) -> None:
        self.context: ssl.SSLContext | None = None
        self.ends_at: datetime | None = None
        self.problem = ""
        self._seen: tuple[float, ...] = ()

    def look(self) -> None:
        """Read the files if they have changed. What was read before goes on to count if the new
        ones are wrong."""
        chain = settings.SMTP_CERTIFICATE
        names = (chain, settings.SMTP_KEY or chain)
        if not chain:
            return
        try:
            seen = tuple(Path(name).stat().st_mtime for name in names)
            if seen == self._seen:
                return
            self._seen = seen
            self._read(*names)
        except (OSError, ValueError) as error:
            self.problem = PROBLEM % {"reason": _reason(error)}

    def _read(self, chain: str, key: str) -> None:
        # A context whose new key does not fit has lost the former one, so another tries them.
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(chain, key)
        first = x509.load_pem_x509_certificate(Path(chain).read_bytes())
        context = self.context or ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain, key)
        self.context, self.ends_at, self.problem = context, first.not_valid_after_utc, ""


def _reason(error: Exception) -> str:
    """Name a file that is missing, and what OpenSSL says of one that is wrong."""
    if isinstance(error, ssl.SSLError):
        return str(error.reason or "SSLError")
    return str(error) if isinstance(error, OSError) else type(error).__name__
