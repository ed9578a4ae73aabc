"""Who an ID token speaks of. Pure: takes claims, returns values.

Sources: "ID token claims reference" and "Add app roles to your application" of the Microsoft
identity platform; OpenID Connect Core 1.0, section 2.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from notifications.admin.people.roles import BUILT_IN
from notifications.backends.errors import line

from .refusals import Refused

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
_LONGEST = 150  # characters, as of a user's name
_LATEST = datetime(3000, 1, 1, tzinfo=UTC).timestamp()


@dataclass(frozen=True, slots=True)
class Identity:
    """`uid` never changes, whatever the person is called; `address` is for display only.
    `proved_at`: when they last typed their password or code, None where Entra does not say."""

    uid: str
    name: str
    address: str
    roles: tuple[str, ...]
    nonce: str
    proved_at: datetime | None


def of(claims: Mapping[str, Any]) -> Identity:
    """Raise Refused where the token does not say who it is."""
    return Identity(
        uid=_uid(claims),
        name=_text(claims, "name"),
        address=_text(claims, "preferred_username") or _text(claims, "email"),
        roles=_roles(claims.get("roles")),
        nonce=_text(claims, "nonce"),
        proved_at=_moment(claims.get("auth_time")),
    )


def _uid(claims: Mapping[str, Any]) -> str:
    """Entra's tid and oid; another provider's subject, which is unique within its issuer only."""
    tid, oid, subject = claims.get("tid"), claims.get("oid"), claims.get("sub")
    if _is_guid(tid) and _is_guid(oid):
        return f"{tid}.{oid}".lower()
    if tid is not None or oid is not None or not isinstance(subject, str) or not subject:
        raise Refused("nobody")
    whole = f"{claims.get('iss')} {subject}"
    return f"sub.{hashlib.sha256(whole.encode(errors='replace')).hexdigest()}"


def _is_guid(value: object) -> bool:
    return isinstance(value, str) and _GUID.fullmatch(value) is not None


def _roles(value: object) -> tuple[str, ...]:
    """Return the app roles that count here, which have the names of the groups."""
    given = value if isinstance(value, list) else []
    return tuple(role for role in BUILT_IN if role in given)


def _text(claims: Mapping[str, Any], name: str) -> str:
    return line(claims.get(name), _LONGEST).strip()


def _moment(value: object) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < _LATEST:
        return None
    return datetime.fromtimestamp(value, UTC)
