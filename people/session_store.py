"""Django's session engine: what a browser has as its cookie is nowhere in the database."""

from datetime import datetime
from typing import Any, cast

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.utils import timezone
from django.utils.http import base36_to_int

from notifications import vault

from .models.session import Session, SessionQuerySet, digest

_PURPOSE = "session"
_WAITING = "account_login"  # LOGIN_SESSION_KEY in allauth.account.internal.stagekit


class SessionStore(db.SessionStore):
    """A session ends after the time that Django's settings say, or when its person was away for
    SESSION_IDLE. Times are those of the row when it was read, and None before that, as are the
    rules."""

    last_seen_at: datetime | None = None
    proved_at: datetime | None = None
    is_second_factor_required = False

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    @classmethod
    def is_logged_in(cls, row: Session) -> bool:
        """Say whether its person is in: one who is asked for a code is not yet."""
        return SESSION_KEY in cls().decode(row.session_data)

    @classmethod
    def clear_expired(cls) -> None:
        Session.objects.over(now=timezone.now()).delete()

    def rows(self) -> SessionQuerySet:
        """Return the session's own row as a query set."""
        return Session.objects.filter(pk=digest(self.session_key or ""))

    def create(self) -> None:
        self.last_seen_at, self.proved_at = None, timezone.now()
        super().create()

    def exists(self, session_key: str) -> bool:
        return Session.objects.filter(pk=digest(session_key)).exists()

    def delete(self, session_key: str | None = None) -> None:
        if key := session_key or self.session_key:
            Session.objects.filter(pk=digest(key)).delete()

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        return Session(
            session_key=digest(self._key()),
            session_data=self.encode(data),
            expire_date=self.get_expiry_date(),
            user_id=data.get(SESSION_KEY) or _who_is_asked(data),
        )

    def _key(self) -> str:
        return str(self._get_or_create_session_key())  # type: ignore[attr-defined]

    def encode(self, session_dict: dict[str, Any]) -> str:
        return vault.seal(super().encode(session_dict), _PURPOSE)

    def decode(self, session_data: str | bytes) -> dict[str, Any]:
        """Open the session; one whose key is lost is empty, so its person logs in again."""
        try:
            return super().decode(vault.unseal(str(session_data), _PURPOSE))
        except vault.UnreadableSecret:
            return {}

    def _get_session_from_db(self) -> Session | None:
        row: Any = self.rows().alive(now=timezone.now()).with_rules().first()
        if row is None:
            self._session_key = None
            return None
        self.last_seen_at, self.proved_at = row.last_seen_at, row.proved_at
        self.is_second_factor_required = row.is_second_factor_required
        return cast(Session, row)


def _who_is_asked(data: dict[str, Any]) -> int | None:
    """Return whose password was right, and whose code is asked for, as allauth keeps it (its
    user_pk_to_url_str). The session is theirs already, so that it ends with their others."""
    waiting = data.get(_WAITING) or {}
    return base36_to_int(waiting["user_pk"]) if waiting.get("user_pk") else None
