"""Rows as the API shows them, and pages of them by cursor."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from notifications.models import ApiKey, Attempt, Notification
from notifications.models.notification import SENSITIVE_SUBJECT, Priority
from notifications.models.rows import row_number

from .problems import Problem


def message(row: Notification, *, key: ApiKey) -> dict[str, Any]:
    """Show a message; a sensitive one that came another way lacks its subject and attachments."""
    is_hidden = row.sensitive and not _came_with(row, key)
    names = (
        "status initiator to cc bcc message_id queued_at due_at expires_at accepted_at "
        "attempts error"
    )
    return {name: getattr(row, name) for name in names.split()} | {
        "id": row.pk,
        "from": row.from_address,
        "priority": Priority(row.priority).name.lower(),
        "url": reverse("api:message", args=[row.pk]),
        "attachments": [
            {name: getattr(file, name) for name in ("name", "size", "content_type", "content_id")}
            for file in ([] if is_hidden else row.attachments.all())
        ],
        "subject": SENSITIVE_SUBJECT if is_hidden else row.subject,
    }


def _came_with(row: Notification, key: ApiKey) -> bool:
    came_with = getattr(row, "came_with", None)
    return came_with is not None and came_with.api_key_id == key.pk


def log_entry(row: Attempt) -> dict[str, Any]:
    names = (
        "at result is_test account recipients subject message_id api error code http_status "
        "request_id duration_ms size"
    )
    return {name: getattr(row, name) for name in names.split()} | {
        "id": row.pk,
        "message": row.notification_id,
        "from": row.from_address,
    }


def page(rows: QuerySet[Any], *, cursor: str, limit: int) -> tuple[list[Any], str | None]:
    """The newest rows before the cursor, and the cursor of what follows. Pages stay right while
    rows are added, because those are newer."""
    if cursor:
        last = row_number(cursor)
        if last is None:
            raise Problem(422, "The cursor is not one of ours.")
        rows = rows.filter(pk__lt=last)
    found = list(rows.order_by("-pk")[: limit + 1])
    return found[:limit], str(found[limit - 1].pk) if len(found) > limit else None
