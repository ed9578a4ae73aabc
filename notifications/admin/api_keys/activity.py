"""What a key's page shows of its use: a constant number of bounded questions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from notifications.log import pages
from notifications.log.query import LogQuery
from notifications.models import ApiKey, ApiNotification, Notification
from notifications.models.attempt import Result
from notifications.models.status import Status

# More are not counted: the number would take long, and tell nothing more.
_MOST = 10_000
_SHOWN_FAILURES = 5


@dataclass(frozen=True, slots=True)
class Failure:
    """A message that failed, or that was refused and is known to the log alone."""

    at: datetime
    subject: str
    error: str
    url: str


@dataclass(frozen=True, slots=True)
class Activity:
    """`requests` are those of this minute, `today` the messages of this day (UTC). `failures` is
    None for who may see neither messages nor the log."""

    messages: int
    is_more: bool
    failures: list[Failure] | None
    requests: int
    today: int
    log_url: str


def read(key: ApiKey, user: Any, *, now: datetime) -> Activity:
    """Return what the user may see of it."""
    links = ApiNotification.objects.filter(api_key=key)
    count = links.order_by().values("pk")[: _MOST + 1].count()
    minute = now.replace(second=0, microsecond=0)
    log = reverse("admin:notifications_attempt_changelist")
    return Activity(
        messages=min(count, _MOST),
        is_more=count > _MOST,
        failures=_failures(key, user),
        requests=key.requests if key.minute == minute else 0,
        today=key.messages if key.day == now.date() else 0,
        log_url=f"{log}?{urlencode({'application': key.name})}",
    )


def _failures(key: ApiKey, user: Any) -> list[Failure] | None:
    parts = [
        part(key)
        for part, right in ((_failed, "view_notification"), (_refused, "view_attempt"))
        if user.has_perm(f"notifications.{right}")
    ]
    found = [failure for part in parts for failure in part]
    newest = sorted(found, key=lambda each: each.at, reverse=True)[:_SHOWN_FAILURES]
    return newest if parts else None


def _failed(key: ApiKey) -> list[Failure]:
    failed = Notification.objects.filter(status=Status.FAILED, came_with__api_key=key)
    return [
        Failure(
            row.queued_at,
            row.log_subject,
            row.error,
            reverse("admin:notifications_notification_change", args=[row.pk]),
        )
        for row in failed.defer("text", "html").order_by("-pk")[:_SHOWN_FAILURES]
    ]


def _refused(key: ApiKey) -> list[Failure]:
    refused = LogQuery(result=Result.REFUSED, initiator=key.name)
    return [
        Failure(
            entry.at,
            entry.subject,
            entry.error,
            reverse("admin:notifications_attempt_change", args=[entry.pk]),
        )
        for entry in pages.newest(refused, limit=_SHOWN_FAILURES)
    ]
