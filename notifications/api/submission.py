"""Messages and runs are submitted in one way: idempotent, and refusals become problems."""

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from notifications.errors import (
    AttachmentLimitExceeded,
    DayLimitReached,
    FromNotAllowed,
    NotQueued,
)
from notifications.models import Notification

from .problems import Problem

LONGEST_KEY = 150
# Any other refusal is one of the content: 422.
_STATUSES: dict[type[NotQueued], int] = {
    AttachmentLimitExceeded: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    FromNotAllowed: HTTPStatus.FORBIDDEN,
    DayLimitReached: HTTPStatus.TOO_MANY_REQUESTS,
}


def submit(
    make: Callable[[str], Notification | None],
    *,
    request: HttpRequest,
    response: HttpResponse,
) -> tuple[int, Notification | None]:
    """Call `make` with the idempotency key. Returns 201, or 200 where nothing new was queued.

    Raises Problem. No transaction is open around it: files are stored meanwhile.
    """
    try:
        notification = make(_idempotency_key(request))
    except NotQueued as error:
        status = _STATUSES.get(type(error), HTTPStatus.UNPROCESSABLE_ENTITY)
        headers = {"Retry-After": _to_midnight()} if isinstance(error, DayLimitReached) else {}
        raise Problem(status, str(error), headers=headers) from error
    if notification is None:
        return 200, None
    response["Location"] = reverse("api:message", args=[notification.pk])
    if not notification.was_queued_before:
        return 201, notification
    response["Idempotent-Replayed"] = "true"
    return 200, notification


def _to_midnight() -> str:
    """Return the seconds until a day begins in which the key may send again."""
    now = timezone.now()
    tomorrow = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return str(int((tomorrow - now).total_seconds()) + 1)


def _idempotency_key(request: HttpRequest) -> str:
    given = request.headers.get("Idempotency-Key", "").strip()
    if len(given) > LONGEST_KEY or not given.isascii() or not given.isprintable():
        raise Problem(
            422, f"The Idempotency-Key has up to {LONGEST_KEY} printable ASCII characters."
        )
    return given
