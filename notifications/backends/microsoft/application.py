"""An application at Microsoft Entra ID and what it is given: plain values, which cost nothing to
import. What asks Microsoft is entra.py, and imports MSAL."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

# MSAL takes a token for expired so long before it expires.
EARLY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Application:
    """The app registration. `credential` is a client secret, or a certificate as MSAL takes it;
    `authority` is <login URL>/<tenant>; `verify` is a CA bundle or True."""

    client_id: str
    credential: str | dict[str, str] = field(repr=False)
    authority: str
    verify: str | bool


@dataclass(frozen=True, slots=True)
class AccessToken:
    secret: str = field(repr=False)
    expires_at: datetime

    def is_fresh(self, *, now: datetime) -> bool:
        return now < self.expires_at - EARLY


@dataclass(frozen=True, slots=True)
class Renewed:
    """A new token, and the cache to keep; `scopes` is "" if Entra names none."""

    token: AccessToken
    scopes: str
    cache: str = field(repr=False)
