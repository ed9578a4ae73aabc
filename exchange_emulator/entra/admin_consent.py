"""Answer GET and POST /{tenant}/v2.0/adminconsent: an administrator consents for everybody.

Source: "Admin consent on the Microsoft identity platform".
"""

from starlette.requests import Request
from starlette.responses import Response

from exchange_emulator.directory import User
from exchange_emulator.entra import authorization, sign_in_pages
from exchange_emulator.entra.authorization import Authorization
from exchange_emulator.entra.authorize import respond, to_application
from exchange_emulator.entra.errors import EntraError
from exchange_emulator.storage.grants import everybody
from exchange_emulator.world import World


async def admin_consent(request: Request) -> Response:
    world: World = request.app.state.world
    form = await request.form()
    user = world.directory.user(str(form.get("account", "")))
    try:
        asked = authorization.read(world, request.path_params["tenant"], request.query_params)
        if user is None:
            return sign_in_pages.account_chooser(request, world.directory.accounts(), asked.app)
        _check_administrator(asked, user)
    except EntraError as error:
        return sign_in_pages.error_page(request, error)
    try:
        return _decide(request, world, asked, user=user, decision=str(form.get("consent", "")))
    except EntraError as error:
        return to_application(request, asked, error)


def _check_administrator(asked: Authorization, user: User) -> None:
    authorization.check_account(asked, user)
    if not user.is_admin:
        raise EntraError(90094, name=asked.app.name)


def _decide(
    request: Request, world: World, asked: Authorization, *, user: User, decision: str
) -> Response:
    """Ask for consent, or record it; no scope means everything in the app registration."""
    text = asked.query.get("scope", "https://graph.microsoft.com/.default")
    asked.permissions = authorization.permissions(world, asked.app, text)
    if decision == "cancel":
        raise EntraError(65004)
    if decision != "accept":
        return sign_in_pages.consent_page(request, user, asked.app, asked.permissions, for_all=True)
    names = [scope.name for scope in asked.permissions]
    world.grants.consent(everybody(user.tenant_id), asked.app.client_id, names)
    state = {"state": asked.query["state"]} if "state" in asked.query else {}
    granted = " ".join(scope.requested for scope in asked.permissions)
    return respond(
        asked,
        {"admin_consent": "True", "tenant": user.tenant_id, "scope": granted, **state},
    )
