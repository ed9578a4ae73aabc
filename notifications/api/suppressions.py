"""The suppression list."""

from typing import Annotated, Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Status

from notifications.audit import actors
from notifications.audit.record import Target, partly, record
from notifications.message.addresses import AddressError, parse_address
from notifications.models import ApiKey, Suppression
from notifications.models.audit.act import Act
from notifications.queue.intake import suppressed

from . import answers, output
from .key_auth import key_that_may_read, key_that_may_send
from .problems import Problem
from .schemas import SuppressionIn, SuppressionOut, SuppressionPage

router = Router(tags=["Suppression list"])
_ADDED = {"address": "gone@contoso.example", "until": None}
_PAGE = {"items": [answers.SUPPRESSION], "next_cursor": None}


@router.get(
    "/suppressions",
    response=SuppressionPage,
    summary="The suppression list, newest first",
    openapi_extra={"responses": answers.described({200: ("A page of addresses.", _PAGE)}, 422)},
)
def list_suppressions(
    request: HttpRequest,
    address: str = "",
    cursor: str = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Any:
    """Needs the scope *read*. `address` asks for one."""
    key_that_may_read(request)
    rows = Suppression.objects.in_force(now=timezone.now())
    if address:
        rows = rows.filter(address=_bare(address))
    found, following = output.page(rows, cursor=cursor, limit=limit)
    return {"items": [output.suppression(row) for row in found], "next_cursor": following}


@router.post(
    "/suppressions",
    response={201: SuppressionOut, 200: SuppressionOut},
    summary="Put an address onto the suppression list",
    openapi_extra={
        "requestBody": {"content": {"application/json": {"example": _ADDED}}},
        "responses": answers.described(
            {
                201: ("Added.", answers.SUPPRESSION),
                200: ("It was there already.", answers.SUPPRESSION),
            },
            422,
        ),
    },
)
def add_suppression(request: HttpRequest, body: SuppressionIn) -> Any:
    """201: added. 200: it was there already, and stays as it is. The list concerns all senders, so
    that the key needs both scopes."""
    key_that_may_read(request)
    key = key_that_may_send(request)
    address = _bare(body.address)
    if body.until and body.until <= timezone.now():
        raise _wrong("until", "This time is over.")
    with transaction.atomic():
        Suppression.objects.make_room([address], now=timezone.now())
        row, is_new = Suppression.objects.get_or_create(
            address=address, defaults={"until": body.until, "added_by": key.name}
        )
        if is_new:
            _tell(request, key, Act.ADDED, row)
    suppressed.forget_remembered()
    return Status(201 if is_new else 200, output.suppression(row))


@router.delete(
    "/suppressions",
    response={204: None},
    summary="Take an address off the suppression list",
    openapi_extra={"responses": answers.described({}, 404, 422)},
)
def delete_suppression(request: HttpRequest, address: str) -> Any:
    key_that_may_read(request)
    key = key_that_may_send(request)
    with transaction.atomic():
        rows = Suppression.objects.in_force(now=timezone.now()).select_for_update()
        row = rows.filter(address=_bare(address)).first()
        if row is None:
            raise Problem(404, "This address is not on the suppression list.")
        _tell(request, key, Act.DELETED, row)
        row.delete()
    return Status(204, None)


def _tell(request: HttpRequest, key: ApiKey, act: Act, row: Suppression) -> None:
    record(act, actors.api_key(request, key), Target.of(row, partly(row.address)))


def _bare(text: str) -> str:
    try:
        return parse_address(text).address.lower()
    except AddressError as error:
        raise _wrong("address", str(error)) from error


def _wrong(field: str, message: str) -> Problem:
    errors = [{"field": field, "message": message}]
    return Problem(422, "Some parameters are not right.", errors=errors)
