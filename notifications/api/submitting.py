"""One way in for messages and runs: idempotent, linked to the key, refusals as problems."""

from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from notifications.errors import AttachmentLimitExceeded, NotQueued
from notifications.models import ApiKey, ApiNotification, Notification

from .problems import Problem

LONGEST_KEY = 150


def submit(
    make: Callable[[str], Notification | None],
    *,
    request: HttpRequest,
    response: HttpResponse,
    key: ApiKey,
) -> tuple[int, Notification | None]:
    """Call `make` with the idempotency key. Returns 201, or 200 where nothing new was queued.

    Raises Problem.
    """
    given = _idempotency_key(request)
    # Keys of applications do not meet each other.
    prefix = f"api:{key.pk}:"
    refusal: NotQueued | None = None
    notification, is_new = None, False
    with transaction.atomic():
        # Not out of the block: the log's entry about a refusal has to stay.
        try:
            notification = make(f"{prefix}{given}" if given else "")
        except NotQueued as error:
            refusal = error
        if notification is not None:
            _link, is_new = ApiNotification.objects.get_or_create(
                notification=notification, defaults={"api_key": key}
            )
    if refusal is not None:
        status = 413 if isinstance(refusal, AttachmentLimitExceeded) else 422
        raise Problem(status, str(refusal).replace(prefix, "")) from refusal
    if notification is None:
        return 200, None
    response["Location"] = f"/api/v1/messages/{notification.pk}"
    if not is_new:
        response["Idempotent-Replayed"] = "true"
    return (201 if is_new else 200), notification


def _idempotency_key(request: HttpRequest) -> str:
    given = request.headers.get("Idempotency-Key", "").strip()
    if len(given) > LONGEST_KEY or not given.isascii() or not given.isprintable():
        raise Problem(
            422, f"The Idempotency-Key has up to {LONGEST_KEY} printable ASCII characters."
        )
    return given
