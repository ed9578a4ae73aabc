"""Answer GET and POST /{tenant}/oauth2/v2.0/authorize, from the request to the code.

Sources: "Microsoft identity platform and OAuth 2.0 authorization code flow" and
"OpenID Connect on the Microsoft identity platform".
"""

from urllib.parse import urlencode
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from exchange_emulator.directory import User
from exchange_emulator.entra import authorization, sign_in_pages
from exchange_emulator.entra.answers import correlation_id
from exchange_emulator.entra.authorization import Authorization
from exchange_emulator.entra.errors import EntraError, description
from exchange_emulator.pages import e, page
from exchange_emulator.storage.grants import Code, everybody
from exchange_emulator.world import World

SESSION = "emulator_session"


async def authorize(request: Request) -> Response:
    world: World = request.app.state.world
    try:
        asked = authorization.read(world, request.path_params["tenant"], request.query_params)
    except EntraError as error:
        return sign_in_pages.error_page(request, error)
    try:
        authorization.read_scopes(world, asked)
        answer = await _sign_in(request, world, asked)
    except EntraError as error:
        return to_application(request, asked, error)
    return answer


async def _sign_in(request: Request, world: World, asked: Authorization) -> Response:
    form = await request.form()
    chosen = world.directory.user(str(form.get("account", "")))
    now = int(world.clock.now())
    user, signed_in_at = (chosen, now) if chosen else _remembered(request, world, asked)
    if user is None:
        return _ask_for_account(request, world, asked)
    asked.signed_in_at = signed_in_at
    try:
        authorization.check_account(asked, user)
    except EntraError as error:
        return sign_in_pages.error_page(request, error)
    return _after_sign_in(request, world, asked, user=user, decision=str(form.get("consent", "")),
                          for_all=bool(form.get("for_all")))  # fmt: skip


def _remembered(request: Request, world: World, asked: Authorization) -> tuple[User | None, int]:
    """Return the person who is signed in, and since when, unless they have to choose or to prove
    who they are."""
    address, _at, since = request.cookies.get(SESSION, "").rpartition(" ")
    user = world.directory.user(address)
    hint = asked.query.get("login_hint", "").lower()
    if user is None or hint not in ("", user.address) or not since.isdecimal():
        return None, 0
    longest = asked.query.get("max_age", "")
    is_old = longest.isdecimal() and world.clock.now() - int(since) > int(longest)
    has_to_choose = asked.prompt in ("login", "select_account") or request.method == "POST"
    return (None, 0) if is_old or has_to_choose else (user, int(since))


def _ask_for_account(request: Request, world: World, asked: Authorization) -> Response:
    if asked.prompt == "none":
        raise EntraError(50058)
    accounts = world.directory.accounts()
    hint = asked.query.get("login_hint", "").lower()
    domain = asked.query.get("domain_hint", "").lower()
    if hint and "select_account" not in asked.prompt:
        accounts = [user for user in accounts if user.address == hint] or accounts
    elif domain:
        accounts = [user for user in accounts if user.address.endswith(f"@{domain}")] or accounts
    return sign_in_pages.account_chooser(request, accounts, asked.app)


async def logout(request: Request) -> Response:
    """Answer GET and POST /{tenant}/oauth2/v2.0/logout ("OpenID Connect": single sign-out). It
    leads back only to a redirect URI of some application."""
    world: World = request.app.state.world
    back = request.query_params.get("post_logout_redirect_uri", "")
    uris = [uri for app in world.directory.apps for uri in app.redirect_uris]
    is_known = any(authorization.same_redirect(back, uri) for uri in uris)
    answer: Response = (
        RedirectResponse(back, status_code=302) if is_known else sign_in_pages.signed_out_page()
    )
    answer.delete_cookie(SESSION)
    return answer


def _after_sign_in(
    request: Request, world: World, asked: Authorization, *, user: User, decision: str,
    for_all: bool,
) -> Response:  # fmt: skip
    missing = authorization.missing_consent(world, asked, user)
    if asked.prompt == "consent" and not decision:
        missing = asked.permissions
    if decision == "cancel":
        raise EntraError(65004)
    if decision == "return":
        raise EntraError(90094, name=asked.app.name)
    if missing and asked.prompt == "none":
        raise EntraError(65001, error="interaction_required", client=asked.app.client_id,
                         name=asked.app.name)  # fmt: skip
    if missing and not authorization.may_consent(world, user):
        return sign_in_pages.approval_page(request, user, asked.app)
    if missing and decision != "accept":
        return sign_in_pages.consent_page(request, user, asked.app, missing, for_all=False)
    if decision == "accept":
        owner = everybody(user.tenant_id) if for_all and user.is_admin else user.object_id
        names = [scope.name for scope in asked.permissions]
        world.grants.consent(owner, asked.app.client_id, names)
    answer = respond(asked, {"code": _code(world, asked, user), **_state(asked),
                              "session_state": str(uuid4())})  # fmt: skip
    session = f"{user.address} {asked.signed_in_at}"
    answer.set_cookie(SESSION, session, httponly=True, samesite="lax")
    return answer


def _code(world: World, asked: Authorization, user: User) -> str:
    code = Code(
        user=user.object_id,
        client_id=asked.app.client_id,
        tenant_id=user.tenant_id,
        redirect_uri=asked.redirect_uri,
        scope=asked.query["scope"],
        nonce=asked.query.get("nonce", ""),
        challenge=asked.query.get("code_challenge", ""),
        challenge_method=asked.query.get("code_challenge_method", "plain"),
        auth_time=asked.signed_in_at,
    )
    return world.grants.issue_code(code, now=world.clock.now())


def _state(asked: Authorization) -> dict[str, str]:
    return {"state": asked.query["state"]} if "state" in asked.query else {}


def to_application(request: Request, asked: Authorization, error: EntraError) -> Response:
    world: World = request.app.state.world
    text = description(error, now=world.clock.now(), trace_id=str(uuid4()),
                       correlation_id=correlation_id(request))  # fmt: skip
    return respond(asked, {
        "error": error.error,
        "error_description": text,
        "error_uri": f"https://login.microsoftonline.com/error?code={error.code}",
        **({"error_subcode": "cancel"} if error.code == 65004 else {}),  # noqa: PLR2004
        **_state(asked),
    })  # fmt: skip


def respond(asked: Authorization, values: dict[str, str]) -> Response:
    mode = asked.query.get("response_mode", "query")
    if mode == "form_post":
        return _form_post(asked.redirect_uri, values)
    mark = "#" if mode == "fragment" else ("&" if "?" in asked.redirect_uri else "?")
    return RedirectResponse(f"{asked.redirect_uri}{mark}{urlencode(values)}", status_code=302)


def _form_post(uri: str, values: dict[str, str]) -> HTMLResponse:
    """Answer by OAuth 2.0 Form Post Response Mode; the button serves browsers without scripts."""
    fields = "".join(
        f'<input type="hidden" name="{e(name)}" value="{e(value)}">'
        for name, value in values.items()
    )
    return page(
        "Working...",
        f'<div class="card"><form method="post" action="{e(uri)}">{fields}'
        '<button class="main">Continue</button></form></div>'
        "<script>document.forms[0].submit()</script>",
        narrow=True,
    )
