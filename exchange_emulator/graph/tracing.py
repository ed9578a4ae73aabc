"""Answer /admin/exchange/tracing/messageTraces, as it was measured."""

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from exchange_emulator.graph import answers
from exchange_emulator.graph.access import RefusedError, application_claims, guarded
from exchange_emulator.trace import rows
from exchange_emulator.trace.rows import Wanted
from exchange_emulator.world import World

PERMISSION = "ExchangeMessageTrace.Read.All"
TRACE_APP = "8bd644d1-64a1-4d4b-ae52-2e0cbf64e373"
_DAY = 86400.0
_MOST, _DEFAULT = 5000, 1000
_TEXT = re.compile(r"\b(\w+)\s+eq\s+'((?:[^']|'')*)'", re.IGNORECASE)
_TIME = re.compile(r"\breceivedDateTime\s+(ge|le|gt|lt)\s+([\d:.TZ+-]+)", re.IGNORECASE)
_KNOWN = ("id", "messageId", "senderAddress", "recipientAddress", "subject", "status", "fromIP",
          "toIP")  # fmt: skip

Endpoint = Callable[[World, Request, str], dict[str, Any]]


def _traced(budget: str) -> Callable[[Endpoint], Callable[[Request], Awaitable[Response]]]:
    """Admit applications with the permission, within the tenant's budget."""

    def wrap(endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
        async def admitted(request: Request) -> Response:
            world: World = request.app.state.world
            tenant_id = _admit(world, request, budget)
            return answers.answer(endpoint(world, request, tenant_id))

        async def handle(request: Request) -> Response:
            return await guarded(request, admitted)

        return handle

    return wrap


def _admit(world: World, request: Request, budget: str) -> str:
    claims = application_claims(world, request)
    switches = world.switches
    if not switches.values["service_principal"]:
        raise RefusedError(
            "Unauthorized",
            "Service principal-less Authentication failed: the service principal for App ID "
            f"{TRACE_APP} was not found. Create a service principal for it in your tenant.",
            401,
        )
    if PERMISSION not in claims.get("roles", []) or not switches.values["consent"]:
        raise RefusedError("Forbidden", "Missing application permissions.", 403)
    seconds = switches.wait_for(budget, claims["tid"], now=world.clock.now())
    if seconds:
        text = "Your recent queries have surpassed the permitted limit."
        raise RefusedError("TooManyRequests", text, 429, Retry_After=str(seconds))
    return str(claims["tid"])


@_traced("requests_per_5_minutes")
def list_traces(world: World, request: Request, tenant_id: str) -> dict[str, Any]:
    query = request.query_params
    wanted = _wanted(world, query.get("$filter", ""))
    top = query.get("$top", str(_DEFAULT))
    if not top.isdecimal() or not 1 <= int(top) <= _MOST:
        raise RefusedError("BadRequest", "$top is from 1 to 5000.", 400)
    skip = int(query.get("$skiptoken", "0")) if query.get("$skiptoken", "0").isdecimal() else 0
    found = rows.found(world, tenant_id, wanted)
    page = found[skip : skip + int(top)]
    body: dict[str, Any] = {
        "@odata.context": f"{world.https_url}/v1.0/$metadata#admin/exchange/tracing/messageTraces",
        "value": [_told(world, request, row) for row in page],
    }
    if len(found) > skip + int(top):
        more = dict(query) | {"$skiptoken": str(skip + int(top))}
        body["@odata.nextLink"] = f"{world.https_url}{request.url.path}?{urlencode(more)}"
    return body


@_traced("details_per_5_minutes")
def list_details(world: World, request: Request, tenant_id: str) -> dict[str, Any]:
    wanted = request.path_params["recipient"].replace("''", "'").lower()
    for submission in world.submissions.read():
        user = world.directory.user(submission.mailbox)
        recipients = [each.lower() for each in submission.envelope["recipients"]]
        is_named = rows.row_id(submission) == request.path_params["id"]
        if is_named and user and user.tenant_id == tenant_id and wanted in recipients:
            fate = world.fates.of(wanted)
            context = f"{world.https_url}/v1.0/$metadata#Collection(exchangeMessageTraceDetail)"
            named = submission.envelope["message_id"]
            value = rows.details(fate, submission.received_at, message_id=named)
            return {"@odata.context": context, "value": value}
    raise RefusedError("NotFound", "The message trace was not found.", 404)


def _told(world: World, request: Request, row: dict[str, Any]) -> dict[str, Any]:
    wants_all = "include-unknown-enum-members" in request.headers.get("prefer", "").lower()
    if row["status"] == "recalled" and world.switches.values["hides_recalled"] and not wants_all:
        return row | {"status": "unknownFutureValue"}
    return row


def _wanted(world: World, text: str) -> Wanted:
    """Read a filter as Exchange does: of several values of a property the last one counts."""
    values = world.switches.values
    texts: dict[str, str] = {}
    for name, value in _TEXT.findall(text):
        known = next((each for each in _KNOWN if each.lower() == name.lower()), None)
        if known is None:
            raise RefusedError("BadRequest", f"Could not find a property named '{name}'.", 400)
        texts[known] = value.replace("''", "'")
    if not values["ignores_or"] and re.search(r"'\s+or\s+", text, re.IGNORECASE):
        raise RefusedError("BadRequest", "The filter is not supported.", 400)
    bounds = {name.lower()[0]: _moment(at) for name, at in _TIME.findall(text)}
    return Wanted(texts, *_window(world, bounds))


def _window(world: World, bounds: dict[str, float]) -> tuple[float, float]:
    now, values = world.clock.now(), world.switches.values
    if len(bounds) == 1 and values["needs_both_bounds"]:
        raise RefusedError("BadRequest", "Both bounds of receivedDateTime are needed.", 400)
    until = bounds.get("l", now)
    since = bounds.get("g", until - 2 * _DAY)
    if until > now:
        raise RefusedError("BadRequest", "The end date is in the future.", 400)
    if until - since > int(values["longest_window_days"]) * _DAY:
        raise RefusedError("BadRequest", "The date range is longer than 10 days.", 400)
    if since < now - int(values["kept_days"]) * _DAY:
        raise RefusedError("BadRequest", "The start date is more than 90 days ago.", 400)
    return since, until


def _moment(text: str) -> float:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise RefusedError("BadRequest", f"{text} is no Edm.DateTimeOffset.", 400) from error
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
