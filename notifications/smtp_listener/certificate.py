"""The listener's certificate: read again when its files change."""

import ssl
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from django.conf import settings


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
        names = (settings.SMTP_CERTIFICATE, settings.SMTP_KEY)
        if not all(names):
            return
        try:
            seen = tuple(Path(name).stat().st_mtime for name in names)
            if seen == self._seen:
                return
            self._seen = seen
            self._read(*names)
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else ""
            self.problem = f"The certificate cannot be used: {reason or type(error).__name__}."

    def _read(self, chain: str, key: str) -> None:
        context = self.context or ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain, key)
        first = x509.load_pem_x509_certificate(Path(chain).read_bytes())
        self.context, self.ends_at, self.problem = context, first.not_valid_after_utc, ""


def days_left(ends_at: datetime | None, *, now: datetime) -> int | None:
    return (ends_at.astimezone(UTC) - now).days if ends_at else None
