"""What the OpenAPI document says of answers: their meaning, with an example of each."""

from http import HTTPStatus
from typing import Any

from .problems import CONTENT_TYPE
from .schemas import ProblemOut

MESSAGE = {
    "id": 17,
    "status": "pending",
    "priority": "normal",
    "initiator": "Service desk",
    "from": "",
    "to": ["Alex Wilber <alex@contoso.example>"],
    "cc": [],
    "bcc": [],
    "subject": "Ticket 17 is closed",
    "message_id": "<0b0f4c1e-5a55-4c0c-9b7e-2f1f0d3f4a11@contoso.example>",
    "queued_at": "2026-11-24T12:00:00Z",
    "due_at": "2026-11-24T12:00:00Z",
    "expires_at": None,
    "accepted_at": None,
    "attempts": 0,
    "error": "",
    "attachments": [
        {
            "name": "report.txt",
            "size": 6,
            "content_type": "text/plain",
            "content_id": "",
        }
    ],
    "url": "/api/v1/messages/17",
}
ACCEPTED = MESSAGE | {
    "status": "accepted",
    "accepted_at": "2026-11-24T12:00:02Z",
    "attempts": 1,
}
# Both with what is known of its delivery.
QUEUED = MESSAGE | {"delivery": []}
DELIVERED = ACCEPTED | {
    "delivery": [
        {
            "recipient": "alex@contoso.example",
            "state": "failed",
            "at": "2026-11-24T12:01:00Z",
            "code": "5.1.10",
            "text": "550 5.1.10 RESOLVER.ADR.RecipientNotFound",
            "sources": ["report", "trace"],
        }
    ]
}
SUPPRESSION = {
    "address": "alex@contoso.example",
    "since": "2026-11-24T12:00:00Z",
    "until": None,
    "bounces": 2,
    "added_by": "",
}
E_MAIL_NOTIFICATION = {
    "name": "Ticket closed",
    "subject": "Ticket {{ ticket.number }} is closed",
    "fields": ["email", "ticket.number"],
    "language": "en",
    "languages": ["de"],
    "layout": "House",
    "sample_context": {"email": "alex@contoso.example", "ticket": {"number": 17}},
}
LOG_ENTRY = {
    "id": 41,
    "at": "2026-11-24T12:00:02Z",
    "result": "accepted",
    "is_test": False,
    "message": 17,
    "account": "servicedesk@contoso.example",
    "from": "servicedesk@contoso.example",
    "recipients": "alex@contoso.example",
    "subject": "Ticket 17 is closed",
    "message_id": "<0b0f4c1e-5a55-4c0c-9b7e-2f1f0d3f4a11@contoso.example>",
    "api": "graph",
    "error": "",
    "code": "",
    "http_status": 202,
    "request_id": "7f0c2f8e-3a2f-4f7e-8a44-0a9b6a0d5f10",
    "duration_ms": 412,
    "size": 2048,
}
# What each refusal means, and the `detail` of an example.
_PROBLEMS = {
    400: ("The request cannot be read.", "The body is not JSON: Invalid JSON: EOF."),
    401: ("The key is missing, wrong, expired or revoked.", "Send a valid API key."),
    403: (
        "The key may not do this, is used from a network that is not allowed, or may not send "
        "from this address.",
        "The key “Service desk” may not send from ceo@contoso.example.",
    ),
    404: (
        "There is nothing at this address, or nothing that this key may see.",
        "There is no such message, or this key may not see it.",
    ),
    409: (
        "The message is being sent or has left the queue.",
        "The message cannot be cancelled (any more): Accepted by Microsoft.",
    ),
    413: (
        "The request or its attachments are too large.",
        "The notification “Ticket 17 is closed” was not added to the queue: its attachments total "
        "3.00 MB (3,145,728 bytes), the limit is 2.00 MB (2,097,152 bytes).",
    ),
    415: (
        "The body is neither JSON nor a form.",
        "Send application/json or multipart/form-data.",
    ),
    422: (
        "Something in the request is not right; `errors` name the fields.",
        "Some fields are not right.",
    ),
    429: (
        "Too many requests in a minute, or messages in a day. `Retry-After` says in how many "
        "seconds to try again.",
        "This key may make 600 requests a minute.",
    ),
}
_OF_EACH = (400, 401, 403, 429)
_ERRORS = [{"field": "priority", "message": "Input should be 'urgent', 'normal' or 'bulk'"}]


def described(
    answers: dict[int, tuple[str, Any]], *problems: int
) -> dict[int | str, dict[str, Any]]:
    """Describe the answers of an operation: `answers` are its own, with a description and an
    example; `problems` are the refusals beside those that each operation has."""
    good: dict[int | str, dict[str, Any]] = {
        status: {"description": text, "content": {"application/json": {"example": example}}}
        for status, (text, example) in answers.items()
    }
    return {**good, **{status: _problem(status) for status in sorted({*_OF_EACH, *problems})}}


def _problem(status: int) -> dict[str, Any]:
    text, detail = _PROBLEMS[status]
    example: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if status == HTTPStatus.UNPROCESSABLE_ENTITY:
        example["errors"] = _ERRORS
    content = {CONTENT_TYPE: {"schema": ProblemOut.model_json_schema(), "example": example}}
    described: dict[str, Any] = {"description": text, "content": content}
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        after = {"description": "Seconds to wait", "schema": {"type": "integer"}}
        described["headers"] = {"Retry-After": after}
    return described
