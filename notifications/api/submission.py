"""Messages and runs are submitted in one way: idempotent, and refusals become problems."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from notifications.errors import AttachmentLimitExceeded, NotQueued
from notifications.models import Notification

from .problems import Problem

LONGEST_KEY = 150


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
        status = 413 if isinstance(error, AttachmentLimitExceeded) else 422
        raise Problem(status, str(error)) from error
    if notification is None:
        return 200, None
    response["Location"] = reverse("api:message", args=[notification.pk])
    if not notification.was_queued_before:
        return 201, notification
    response["Idempotent-Replayed"] = "true"
    return 200, notification


def _idempotency_key(request: HttpRequest) -> str:
    given = request.headers.get("Idempotency-Key", "").strip()
    if len(given) > LONGEST_KEY or not given.isascii() or not given.isprintable():
        raise Problem(
            422, f"The Idempotency-Key has up to {LONGEST_KEY} printable ASCII characters."
        )
    return given
