"""Join all routes into one application, and put gateway and doorway in front of it."""

from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from exchange_emulator import unforeseen
from exchange_emulator.control.recording import Recorder
from exchange_emulator.control.routes import ROUTES as CONTROL
from exchange_emulator.doorway import Doorway
from exchange_emulator.entra.routes import ROUTES as ENTRA
from exchange_emulator.ews.routes import ROUTES as EWS
from exchange_emulator.gateway import Gateway
from exchange_emulator.graph.routes import ROUTES as GRAPH
from exchange_emulator.webmail.routes import ROUTES as WEBMAIL
from exchange_emulator.world import World


def build(world: World, *, record: Path | None = None) -> ASGIApp:
    app = Starlette(
        routes=[*GRAPH, *EWS, *CONTROL, *WEBMAIL, *ENTRA],
        exception_handlers={Exception: unforeseen.failed, HTTPException: unforeseen.no_route},
    )
    gateway = Gateway(app, world)
    app.state.world = world
    # The steps of a batch pass the gateway too.
    app.state.gateway = gateway
    return Doorway(Recorder(gateway, record) if record else gateway, world)
