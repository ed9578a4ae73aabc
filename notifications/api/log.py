"""The Outgoing Notifications Log."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router

from notifications.models.attempt import Result
from notifications.models.rows import LARGEST_ROW_NUMBER

from . import answers, output
from .key_auth import visible_log
from .schemas import LogPage

router = Router(tags=["Log"])


@router.get(
    "/log",
    response=LogPage,
    by_alias=True,
    summary="The log, newest first",
    openapi_extra={
        "responses": answers.described(
            {200: ("A page of entries.", {"items": [answers.LOG_ENTRY], "next_cursor": None})}, 422
        )
    },
)
def log(
    request: HttpRequest,
    result: Result | None = None,
    message: Annotated[int | None, Query(ge=1, le=LARGEST_ROW_NUMBER)] = None,
    cursor: str = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Any:
    """One entry for every attempt. With the scope *read* all, else those of the key's messages."""
    rows = visible_log(request)
    if result is not None:
        rows = rows.filter(result=result)
    if message is not None:
        rows = rows.filter(notification=message)
    found, following = output.page(rows, cursor=cursor, limit=limit)
    return {"items": [output.log_entry(row) for row in found], "next_cursor": following}
