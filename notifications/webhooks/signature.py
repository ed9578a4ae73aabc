"""Signatures in the format of Standard Webhooks 1.0 (https://www.standardwebhooks.com), which
receivers check with the libraries that are there for it."""

import base64
import hashlib
import hmac
import secrets
from contextlib import suppress
from datetime import datetime

from notifications.i18n import gettext_noop as _

PREFIX = "whsec_"
_NEW_SECRET = 32  # bytes; the specification asks for 24 to 64
_SHORTEST = 24
_NOT_BASE64 = _("The text after whsec_ must be base64.")
_TOO_SHORT = _("The text after whsec_ must be at least 24 bytes in base64.")


def new_secret() -> str:
    """A random secret as people copy it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_NEW_SECRET)).decode()


def key_of(secret: str) -> bytes:
    """The bytes that sign: what the base64 after `whsec_` says, and of any other text its UTF-8."""
    if secret.startswith(PREFIX):
        # Somebody may have typed a text like that before secrets had this form.
        with suppress(ValueError):
            return _decoded(secret)
    return secret.encode()


def secret_problem(secret: str) -> str:
    """Why a secret that a person has typed cannot be meant so, or "". In English, to be
    translated where it is shown."""
    if not secret.startswith(PREFIX):
        return ""
    try:
        key = _decoded(secret)
    except ValueError:
        return _NOT_BASE64
    return _TOO_SHORT if len(key) < _SHORTEST else ""


def headers(event_id: str, body: bytes, *, secret: str, now: datetime) -> dict[str, str]:
    """The three headers of a call. `event_id` may not contain a dot, which separates what is
    signed."""
    timestamp = int(now.timestamp())
    signed = f"{event_id}.{timestamp}.".encode() + body
    digest = hmac.new(key_of(secret), signed, hashlib.sha256).digest()
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def _decoded(secret: str) -> bytes:
    """The bytes after the prefix; some leave out the signs that fill base64 up. Raises ValueError
    where it is none."""
    text = secret.removeprefix(PREFIX)
    return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
