"""Messages: queue, look at, cancel."""

from typing import Annotated, Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router, Status
from ninja.params import Header

from notifications import outbox
from notifications.audit import actors
from notifications.audit.record import record
from notifications.models import Notification
from notifications.models.audit.act import Act
from notifications.models.notification import Priority
from notifications.models.rows import LARGEST_ROW_NUMBER
from notifications.models.status import Status as MessageStatus
from notifications.outbox import NewFile, NewNotification

from . import answers, bodies, output
from .key_auth import key_of, key_that_may_send, visible_notifications
from .problems import Problem
from .schemas import MessageIn, MessageOut, MessagePage, MessageWithDelivery
from .submission import LONGEST_KEY, submit

router = Router(tags=["Messages"])
Id = Annotated[int, Path(ge=1, le=LARGEST_ROW_NUMBER)]
IdempotencyKey = Annotated[
    str,
    Header(
        "",
        alias="Idempotency-Key",
        max_length=LONGEST_KEY,
        description="The same key again queues nothing new and answers with the first message",
    ),
]
_EXAMPLE = {
    "to": "Alex Wilber <alex@contoso.example>",
    "subject": "Ticket 17 is closed",
    "html": "<p>Your ticket <b>17</b> is closed.</p>",
    "priority": "normal",
}


@router.post(
    "/messages",
    response={201: MessageWithDelivery, 200: MessageWithDelivery},
    by_alias=True,
    summary="Queue a message",
    openapi_extra={
        "requestBody": bodies.described(MessageIn, _EXAMPLE),
        "responses": answers.described(
            {
                201: ("Queued.", answers.QUEUED),
                200: (
                    "The same `Idempotency-Key` came before; this is its message.",
                    answers.DELIVERED,
                ),
            },
            413,
            415,
            422,
        ),
    },
)
def queue_message(
    request: HttpRequest, response: HttpResponse, idempotency_key: IdempotencyKey = ""
) -> Any:
    """201: queued. 200: the same Idempotency-Key came before; this is its message. Attachments
    go as base64 within the JSON, or as the parts `files` of a multipart/form-data body whose
    part `message` is the JSON."""
    key = key_that_may_send(request)
    body, files = bodies.read(request, MessageIn)
    status, row = submit(
        lambda given: outbox.enqueue(_new(body, files, key=given), initiator=key.name, api_key=key),
        request=request,
        response=response,
    )
    assert row is not None  # noqa: S101 - only a run may have nobody to notify
    known = output.delivery_of(row) if row.was_queued_before else []
    return Status(status, {**output.message(row, key=key), "delivery": known})


@router.get(
    "/messages",
    response=MessagePage,
    by_alias=True,
    summary="List messages, newest first",
    openapi_extra={
        "responses": answers.described(
            {200: ("A page of messages.", {"items": [answers.ACCEPTED], "next_cursor": "17"})}, 422
        )
    },
)
def list_messages(
    request: HttpRequest,
    status: MessageStatus | None = None,
    cursor: str = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Any:
    """With the scope *read* all of them, else those that came with the key."""
    rows = visible_notifications(request).select_related("came_with")
    rows = rows.defer("text", "html").prefetch_related("attachments")
    if status is not None:
        rows = rows.filter(status=status)
    found, following = output.page(rows, cursor=cursor, limit=limit)
    return {
        "items": [output.message(row, key=key_of(request)) for row in found],
        "next_cursor": following,
    }


@router.get(
    "/messages/{id}",
    response=MessageWithDelivery,
    by_alias=True,
    url_name="message",
    summary="The state of a message",
    openapi_extra={"responses": answers.described({200: ("The message.", answers.DELIVERED)}, 404)},
)
def message(request: HttpRequest, id: Id) -> Any:  # noqa: A002 - the name in the address
    """Where it is: `pending`, `sending`, `accepted`, `failed`, `unconfirmed` (it may have been
    sent), `cancelled` or `expired`."""
    row = _found(request, id)
    return {**output.message(row, key=key_of(request)), "delivery": output.delivery_of(row)}


@router.post(
    "/messages/{id}/cancel",
    response=MessageOut,
    by_alias=True,
    summary="Take a message out of the queue",
    openapi_extra={
        "responses": answers.described(
            {
                200: (
                    "The message, which is not sent any more.",
                    answers.MESSAGE | {"status": "cancelled"},
                )
            },
            404,
            409,
        )
    },
)
def cancel(request: HttpRequest, id: Id) -> Any:  # noqa: A002
    """Possible until it is being sent, and only for messages that came with the key."""
    key = key_that_may_send(request)
    mine = Notification.objects.filter(pk=id, came_with__api_key=key)
    row = _found(request, id)
    with transaction.atomic():
        is_cancelled = outbox.cancel(mine)
        if is_cancelled:
            record(Act.CANCELLED, actors.api_key(request, key), messages=[id])
    if not is_cancelled:
        row.refresh_from_db(fields=["status"])
        raise Problem(
            409,
            f"The message cannot be cancelled (any more): {row.get_status_display()}."
            if mine.exists()
            else "The message came with another key.",
        )
    row.refresh_from_db()
    return output.message(row, key=key_of(request))


def _found(request: HttpRequest, pk: int) -> Notification:
    row = visible_notifications(request).filter(pk=pk).first()
    if row is None:
        raise Problem(404, "There is no such message, or this key may not see it.")
    return row


def _new(body: MessageIn, files: list[NewFile], *, key: str) -> NewNotification:
    names = "to cc bcc from_ reply_to subject text html importance due_at expires_at sensitive"
    return NewNotification(
        **{name: getattr(body, name) for name in names.split()},
        headers=list(body.headers.items()),
        files=files,
        priority=Priority[body.priority.upper()],
        key=key,
    )
