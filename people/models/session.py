"""A session, kept so that the database alone lets nobody in."""

import hashlib
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Exists, Q
from django.utils import timezone

from .rules import LoginRules

_BROWSER_LENGTH = 200


def digest(key: str) -> str:
    """Return what the database has of a cookie's value. It is random, so no salt is needed."""
    return hashlib.sha256(key.encode(errors="replace")).hexdigest()


def _is_alive(now: datetime) -> Q:
    return Q(expire_date__gt=now, last_seen_at__gt=now - settings.SESSION_IDLE)


class SessionQuerySet(models.QuerySet["Session"]):
    def alive(self, *, now: datetime) -> "SessionQuerySet":
        return self.filter(_is_alive(now))

    def over(self, *, now: datetime) -> "SessionQuerySet":
        return self.exclude(_is_alive(now))

    def with_rules(self) -> "SessionQuerySet":
        """Read what the rules ask of everybody along: each page of each session wants to know."""
        wanted = LoginRules.objects.filter(second_factor_required=True)
        return self.annotate(is_second_factor_required=Exists(wanted))

    def note_presence(self, *, address: str | None, browser: str, now: datetime) -> None:
        self.update(last_seen_at=now, address=address, browser=browser[:_BROWSER_LENGTH])


class Session(AbstractBaseSession):
    """`session_key` is a digest: a cookie's value is not kept. `session_data` is sealed.

    `proved_at`: when the person last typed their password or code, as far as that is known.
    """

    session_key = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE)
    started_at = models.DateTimeField(default=timezone.now)
    last_seen_at = models.DateTimeField(default=timezone.now, db_index=True)
    proved_at = models.DateTimeField(null=True, default=timezone.now)
    address = models.GenericIPAddressField(null=True)
    browser = models.CharField(max_length=_BROWSER_LENGTH, blank=True)

    objects = SessionQuerySet.as_manager()  # type: ignore[assignment,misc]

    class Meta(AbstractBaseSession.Meta):
        default_permissions = ()

    def save(self, *arguments: Any, **options: Any) -> None:
        """Leave the times of a session that is there as they are: its end is that of its login,
        and who was seen when is written by note_presence."""
        if options.get("force_update"):
            options["update_fields"] = ("session_data", "user")
        super().save(*arguments, **options)
