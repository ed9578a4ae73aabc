"""Errors as RFC 9457 problem details (application/problem+json)."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import pydantic
from django.http import HttpResponse, JsonResponse

CONTENT_TYPE = "application/problem+json"
# What the boundary says about answers that Django itself gives.
_DETAILS = {
    400: "The request could not be read.",
    404: "There is nothing at this address, or nothing that this key may see.",
    405: "This address does not take this method.",
    408: "The body did not arrive in time, or was cut off. Nothing was changed.",
    413: "The request is larger than allowed.",
    500: "The server made a mistake. It is in its log; trying again may help.",
}


class Problem(Exception):  # noqa: N818 - the name of the thing in RFC 9457
    """An error answer. `errors` name fields: [{"field": …, "message": …}]."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = errors
        self.headers = headers or {}


def answer(status: int, detail: str = "", **more: Any) -> HttpResponse:
    """`more` may have `errors` and `headers`."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail or _DETAILS.get(status, HTTPStatus(status).phrase),
    }
    if more.get("errors"):
        body["errors"] = list(more["errors"])
    return JsonResponse(
        body, status=status, headers=more.get("headers") or {}, content_type=CONTENT_TYPE
    )


def field_errors(error: pydantic.ValidationError) -> list[dict[str, str]]:
    return [
        {"field": ".".join(map(str, each["loc"])), "message": each["msg"]}
        for each in error.errors(include_url=False, include_context=False, include_input=False)
    ]
