"""Answer the control interface, `/_emulator/`: JSON in, JSON out, no authentication."""

import json
from typing import Any

from cryptography import x509
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from exchange_emulator.clock import LAST as LONGEST
from exchange_emulator.clock import iso
from exchange_emulator.control.checks import is_number
from exchange_emulator.control.faults import AT_ONCE, Fault
from exchange_emulator.mail.ids import key_of
from exchange_emulator.storage.submissions import Submission
from exchange_emulator.trace.fates import Fate
from exchange_emulator.world import World


async def index(_: Request) -> Response:
    """Answer GET /_emulator/ with the paths that there are; the README explains them."""
    paths = [route.path for route in ROUTES]
    return JSONResponse({"see": "exchange_emulator/README.md", "paths": paths})


async def messages(request: Request) -> Response:
    """Answer GET messages with every message that was accepted for sending, in order."""
    world: World = request.app.state.world
    return JSONResponse([_described(world, each) for each in world.submissions.read()])


def _described(world: World, submission: Submission) -> dict[str, Any]:
    due_at = submission.due_at
    return {
        "n": submission.n,
        "id": world.ids.immutable(submission.mailbox, submission.item),
        **submission.envelope,
        "api": submission.api,
        "mailbox": submission.mailbox,
        "received_at": iso(submission.received_at),
        "delivered_at": iso(due_at) if due_at <= world.clock.now() else None,
    }


async def message_mime(request: Request) -> Response:
    """Answer GET messages/<n>/mime with the message as its recipients have it."""
    world: World = request.app.state.world
    number = key_of(request.path_params["n"])
    found = [] if number is None else world.submissions.read(number)
    if not found:
        return _refused("no such message", status=404)
    mime = world.contents.mime(found[0].content)
    return Response(mime, media_type="message/rfc822")


async def stats(request: Request) -> Response:
    world: World = request.app.state.world
    return JSONResponse(world.statistics.report())


async def faults(request: Request) -> Response:
    world: World = request.app.state.world
    if request.method == "DELETE":
        world.faults.clear()
    if request.method != "POST":
        return JSONResponse(world.faults.listed())
    try:
        given = await _json(request)
        made = [Fault(**each) for each in (given if isinstance(given, list) else [given])]
    except (ValueError, TypeError) as error:
        return _refused(str(error))
    for fault in made:
        if fault.kind not in AT_ONCE:
            world.faults.add(fault)
        elif not strike(world, fault):
            return _refused(f"no such account: {fault.mailbox}")
    return JSONResponse(world.faults.listed(), status_code=201)


def strike(world: World, fault: Fault) -> bool:
    """Do to an account what its administrator would do now; False if there is no such account."""
    user = world.directory.user(fault.mailbox)
    if user is None:
        return False
    if fault.kind == "token-revoked":
        world.grants.revoke(user.object_id)
    elif fault.kind == "refresh-token-expired":
        world.faults.expiry_code = fault.code
        world.grants.expire_refresh_tokens(user.object_id, now=world.clock.now())
    else:
        world.grants.withdraw_consent(
            user.object_id, tenant_id=user.tenant_id, client_id=fault.client_id
        )
    return True


async def limits(request: Request) -> Response:
    """Answer GET limits, or change those that a POST names; null switches a limit off."""
    world: World = request.app.state.world
    if request.method == "POST":
        try:
            world.limits.change(await _json(request))
        except ValueError as error:
            return _refused(str(error))
    return JSONResponse(world.limits.values)


async def deliveries(request: Request) -> Response:
    """Answer GET deliveries, POST one fate or several, DELETE all: what becomes of messages."""
    world: World = request.app.state.world
    if request.method == "DELETE":
        world.fates.clear()
    if request.method == "POST":
        try:
            given = await _json(request)
            made = [Fate(**each) for each in (given if isinstance(given, list) else [given])]
        except (ValueError, TypeError) as error:
            return _refused(str(error))
        for fate in made:
            world.fates.add(fate)
    return JSONResponse(world.fates.listed())


async def tracing(request: Request) -> Response:
    """Answer GET tracing, or change what a POST names: what is believed about message trace."""
    world: World = request.app.state.world
    if request.method == "POST":
        try:
            world.switches.change(await _json(request))
        except ValueError as error:
            return _refused(str(error))
    return JSONResponse(world.switches.values)


async def clock(request: Request) -> Response:
    """Answer POST {"advance_seconds": n}: time passes without waiting, or is turned back."""
    world: World = request.app.state.world
    try:
        seconds = (await _json(request))["advance_seconds"]
        if not is_number(seconds, least=-LONGEST, most=LONGEST):
            return _refused("advance_seconds is not a number of seconds")
        world.clock.advance(seconds)
    except (ValueError, TypeError, KeyError) as error:
        return _refused(repr(error))
    world.mailboxes.settle(world.clock.now())
    return JSONResponse({"now": iso(world.clock.now())})


async def certificates(request: Request) -> Response:
    """Answer POST {"client_id", "pem"}: upload a certificate to an app registration."""
    world: World = request.app.state.world
    try:
        given = await _json(request)
        app = world.directory.app(str(given["client_id"]))
        pem = str(given["pem"])
        x509.load_pem_x509_certificate(pem.encode())
    except (ValueError, TypeError, KeyError) as error:
        return _refused(repr(error))
    if app is None:
        return _refused("no such application", status=404)
    app.certificates.append(pem)
    world.uploaded_certificates.append((app, pem))
    return JSONResponse({"certificates": len(app.certificates)}, status_code=201)


async def roles(request: Request) -> Response:
    """Answer POST {"client_id", "address", "roles"}: assign app roles to somebody, or none."""
    world: World = request.app.state.world
    try:
        given = await _json(request)
        app, user = world.directory.app(given["client_id"]), world.directory.user(given["address"])
        assigned = [str(role) for role in given["roles"]]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        return _refused(repr(error))
    if app is None or user is None:
        return _refused("no such application or account", status=404)
    world.changed_roles[app.client_id, user.address] = assigned
    return JSONResponse({"roles": assigned}, status_code=201)


async def state(request: Request) -> Response:
    world: World = request.app.state.world
    world.forget()
    return Response(status_code=204)


async def _json(request: Request) -> Any:
    """Read the body as JSON; raise ValueError if it is not JSON."""
    try:
        return json.loads(await request.body())
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _refused(reason: str, *, status: int = 400) -> Response:
    return JSONResponse({"error": reason}, status_code=status)


ROUTES = [
    Route("/_emulator/", index),
    Route("/_emulator/messages", messages),
    Route("/_emulator/messages/{n}/mime", message_mime),
    Route("/_emulator/stats", stats),
    Route("/_emulator/faults", faults, methods=["GET", "POST", "DELETE"]),
    Route("/_emulator/limits", limits, methods=["GET", "POST"]),
    Route("/_emulator/deliveries", deliveries, methods=["GET", "POST", "DELETE"]),
    Route("/_emulator/tracing", tracing, methods=["GET", "POST"]),
    Route("/_emulator/clock", clock, methods=["POST"]),
    Route("/_emulator/certificates", certificates, methods=["POST"]),
    Route("/_emulator/roles", roles, methods=["POST"]),
    Route("/_emulator/state", state, methods=["DELETE"]),
]
