"""Rows as the API shows them, and pages of them by cursor."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from notifications.log import delivery
from notifications.log.delivery import Line
from notifications.models import ApiKey, Attempt, Notification, Suppression
from notifications.models.attempt import Result
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


def delivery_of(row: Notification) -> list[dict[str, Any]]:
    """What became of the message, a line for each recipient."""
    accepted = row.log_entries.filter(result=Result.ACCEPTED).exclude(delivery="")
    entry = accepted.order_by("-at", "-pk").first()
    return [_line(each) for each in delivery.lines(entry)] if entry else []


def suppression(row: Suppression) -> dict[str, Any]:
    names = ("address", "since", "until", "bounces", "added_by")
    return {name: getattr(row, name) for name in names}


def _line(line: Line) -> dict[str, Any]:
    fact = line.fact
    return {
        "recipient": line.recipient,
        "state": line.state,
        "at": fact.at if fact else None,
        "code": fact.code if fact else "",
        "text": fact.text if fact else "",
        "sources": line.sources,
    }


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
