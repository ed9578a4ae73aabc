"""Keep codes, refresh tokens and consents. Secrets are kept by their hash, as a server should."""

import hashlib
import json
import secrets
import sqlite3
import time
from dataclasses import asdict, dataclass

CODE_LIFETIME = 600.0
# "Refresh tokens in the Microsoft identity platform" gives them 90 days, rolling.
REFRESH_LIFETIME = 90 * 86400.0


@dataclass(frozen=True)
class Code:
    """Hold what an authorization code stands for; scopes are in the form of the request."""

    user: str
    client_id: str
    tenant_id: str
    redirect_uri: str
    scope: str
    nonce: str = ""
    challenge: str = ""
    challenge_method: str = ""
    auth_time: int = 0


@dataclass(frozen=True)
class RefreshToken:
    user: str
    client_id: str
    tenant_id: str
    expires_at: float
    revoked: bool


class Grants:
    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def issue_code(self, code: Code, *, now: float) -> str:
        text = "1." + secrets.token_urlsafe(64)
        self._database.execute(
            "INSERT INTO codes(code, details, expires_at) VALUES (?, ?, ?)",
            (_hash(text), json.dumps(asdict(code)), now + CODE_LIFETIME),
        )
        return text

    def find_code(self, text: str) -> tuple[Code, float, bool] | None:
        """Return (code, when it expires, whether it was used)."""
        row = self._database.execute(
            "SELECT details, expires_at, used FROM codes WHERE code = ?", (_hash(text),)
        ).fetchone()
        return row and (Code(**json.loads(row["details"])), row["expires_at"], bool(row["used"]))

    def use_code(self, text: str) -> None:
        self._database.execute("UPDATE codes SET used = 1 WHERE code = ?", (_hash(text),))

    def issue_refresh_token(self, *, user: str, client_id: str, tenant_id: str, now: float) -> str:
        text = "1." + secrets.token_urlsafe(150)
        self._database.execute(
            "INSERT INTO refresh_tokens(token, user, client_id, tenant_id, expires_at)"
            " VALUES (?, ?, ?, ?, ?)",
            (_hash(text), user, client_id, tenant_id, now + REFRESH_LIFETIME),
        )
        return text

    def find_refresh_token(self, text: str) -> RefreshToken | None:
        row = self._database.execute(
            "SELECT user, client_id, tenant_id, expires_at, revoked FROM refresh_tokens"
            " WHERE token = ?",
            (_hash(text),),
        ).fetchone()
        return row and RefreshToken(*row)

    def expire_refresh_tokens(self, user: str, *, now: float) -> None:
        self._database.execute(
            "UPDATE refresh_tokens SET expires_at = ? WHERE user = ?", (now - 1, user)
        )

    def revoke(self, user: str) -> None:
        """Revoke the sessions: every token issued so far is worthless."""
        self._database.execute("UPDATE refresh_tokens SET revoked = 1 WHERE user = ?", (user,))
        self._database.execute(
            "INSERT OR REPLACE INTO revocations(user, serial) VALUES (?, ?)",
            (user, time.time_ns()),
        )

    def revoked_until(self, user: str) -> int:
        """Return the serial up to which access tokens are revoked."""
        row = self._database.execute(
            "SELECT serial FROM revocations WHERE user = ?", (user,)
        ).fetchone()
        return row["serial"] if row else 0

    def consented(self, user: str, client_id: str, *, tenant_id: str) -> set[str]:
        """Return the permissions by the user's consent or an administrator's for the tenant."""
        rows = self._database.execute(
            "SELECT scope FROM consents WHERE client_id = :client AND (user = :user"
            " OR user = :everybody AND NOT EXISTS(SELECT 1 FROM withdrawals"
            " WHERE user = :user AND client_id = :client))",
            {"user": user, "client": client_id, "everybody": everybody(tenant_id)},
        )
        return {row["scope"] for row in rows}

    def consent(self, user: str, client_id: str, names: list[str]) -> None:
        """Record a consent; `user` is an object id, or `everybody` of a tenant."""
        self._database.executemany(
            "INSERT OR IGNORE INTO consents(user, client_id, scope) VALUES (?, ?, ?)",
            [(user, client_id, name) for name in names],
        )
        self._database.execute(
            "DELETE FROM withdrawals WHERE tenant = ? AND client_id = ?", (user, client_id)
        )

    def withdraw_consent(self, user: str, *, tenant_id: str, client_id: str = "") -> None:
        """Withdraw one user's consent; an administrator's covers them again if given anew."""
        self._database.execute(
            "INSERT OR IGNORE INTO withdrawals(user, client_id, tenant)"
            " SELECT DISTINCT ?, client_id, user FROM consents"
            " WHERE user = ? AND ? IN ('', client_id)",
            (user, everybody(tenant_id), client_id),
        )
        self._database.execute(
            "DELETE FROM consents WHERE user = ? AND ? IN ('', client_id)", (user, client_id)
        )


def everybody(tenant_id: str) -> str:
    """Return what stands for all users of a tenant in the place of one."""
    return f"*{tenant_id}"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
