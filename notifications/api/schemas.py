"""What goes in and what comes out, as the OpenAPI document describes it."""

import base64
import binascii
from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
)

from notifications.message.message import Importance
from notifications.models.attempt import Result
from notifications.models.delivery.state import DeliverySource, DeliveryState
from notifications.models.status import Status

_EARLIEST, _LATEST = 2000, 2200


def _usual(moment: datetime) -> datetime:
    """No database has all the times that ISO 8601 can write."""
    if not _EARLIEST <= moment.year <= _LATEST:
        raise ValueError(f"must be between the years {_EARLIEST} and {_LATEST}")
    return moment


def _decoded(text: Any) -> bytes:
    """Strictly: a file that arrives with a part missing is worse than none."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, TypeError, ValueError) as error:
        raise ValueError("must be base64") from error


Base64 = Annotated[
    bytes, BeforeValidator(_decoded), WithJsonSchema({"type": "string", "format": "byte"})
]
Moment = Annotated[AwareDatetime, AfterValidator(_usual)]
Addresses = str | list[str]
PriorityName = Literal["urgent", "normal", "bulk"]


class _In(Schema):
    model_config = ConfigDict(extra="forbid")


class AttachmentIn(_In):
    """A file within JSON. Large ones go as multipart/form-data."""

    name: str
    content: Base64
    content_type: str = ""
    content_id: str = Field(
        "", description="What the HTML names by `cid:`, to show the file within it"
    )


class Delivery(_In):
    """When and how urgently it leaves."""

    priority: PriorityName = "normal"
    due_at: Moment | None = Field(None, description="Not before this time")
    expires_at: Moment | None = Field(None, description="Not after this time")
    attachments: list[AttachmentIn] = Field(default=[], max_length=500)
    inline: dict[str, str] = Field(
        default={}, description="With multipart: content ids of inline images by file name"
    )


class MessageIn(Delivery):
    to: Addresses = Field("", description="Separated by commas or semicolons, or a list")
    cc: Addresses = ""
    bcc: Addresses = ""
    from_: str = Field("", alias="from", description="Counts only with 'From' address delegation")
    reply_to: Addresses = ""
    subject: str = ""
    text: str = ""
    html: str = ""
    headers: dict[str, str] = {}
    importance: Importance = Importance.NORMAL
    sensitive: bool = Field(
        False,
        description="Keep the subject out of the log, and all of its content from people "
        "without the right to see it",
    )


class RunIn(Delivery):
    """The values that an E-mail Notification asks for."""

    context: dict[str, Any] = {}
    initiator_address: str = Field(
        "", description="Left out of the recipients where the template says so"
    )
    language: str = Field(
        "",
        max_length=100,
        description="`de-AT`: the texts in `de-at`, else `de`, else the template's own",
    )


class AttachmentOut(Schema):
    name: str
    size: int
    content_type: str
    content_id: str


class DeliveryOut(Schema):
    """What became of the message for one recipient, as far as it is known."""

    recipient: str
    state: DeliveryState
    at: datetime | None
    code: str = Field(description="Enhanced status code, such as 5.1.10")
    text: str = Field(description="The server's own words")
    sources: list[DeliverySource]


class MessageOut(Schema):
    id: int
    status: Status
    priority: PriorityName
    initiator: str
    from_: str = Field(alias="from")
    to: list[str]
    cc: list[str]
    bcc: list[str]
    subject: str
    message_id: str
    queued_at: datetime
    due_at: datetime
    expires_at: datetime | None
    accepted_at: datetime | None = Field(description="By Microsoft: that is not yet delivery")
    attempts: int
    error: str
    attachments: list[AttachmentOut]
    url: str


class MessageWithDelivery(MessageOut):
    delivery: list[DeliveryOut] = Field(
        description="Empty until something is known, and where results are not asked for"
    )


class MessagePage(Schema):
    items: list[MessageOut]
    next_cursor: str | None = Field(description="For the query parameter `cursor`; null at the end")


class RunOut(Schema):
    message: MessageOut | None = Field(description="Null where there was nobody to notify")


class EmailNotificationOut(Schema):
    name: str
    subject: str
    fields: list[str] = Field(description="The values that it asks for")
    language: str = Field(description="Of the template's own texts; may be empty")
    languages: list[str] = Field(description="What else it is written in")
    layout: str | None
    sample_context: dict[str, Any]


class LogEntryOut(Schema):
    id: int
    at: datetime
    result: Result
    is_test: bool
    message: int | None = Field(description="The id of the message, while that is kept")
    account: str
    from_: str = Field(alias="from")
    recipients: str
    subject: str
    message_id: str
    api: str
    error: str
    code: str
    http_status: int
    request_id: str
    duration_ms: int
    size: int


class LogPage(Schema):
    items: list[LogEntryOut]
    next_cursor: str | None


class SuppressionIn(_In):
    address: str
    until: Moment | None = Field(None, description="Null: until somebody takes it off the list")


class SuppressionOut(Schema):
    address: str
    since: datetime
    until: datetime | None
    bounces: int
    added_by: str = Field(description="Empty where the connector added it")


class SuppressionPage(Schema):
    items: list[SuppressionOut]
    next_cursor: str | None


class ProblemOut(Schema):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[dict[str, str]] = []
