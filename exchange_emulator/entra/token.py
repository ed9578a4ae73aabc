"""Answer POST /{tenant}/oauth2/v2.0/token: turn codes and refresh tokens into access tokens.

Source: "Microsoft identity platform and OAuth 2.0 authorization code flow".
"""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from exchange_emulator.directory import MULTI_TENANT, App, Tenant, User
from exchange_emulator.entra import application, authorization, client_authentication, issuing
from exchange_emulator.entra.answers import UNCACHED, error_answer, headers
from exchange_emulator.entra.errors import EntraError
from exchange_emulator.entra.issuing import Grant
from exchange_emulator.entra.scopes import EXCHANGE, GRAPH, Scope
from exchange_emulator.storage.grants import REFRESH_LIFETIME, Code, RefreshToken
from exchange_emulator.world import World

_CODE = re.compile(r"[01]\.[\w.-]+\Z", re.ASCII)


async def token(request: Request) -> Response:
    world: World = request.app.state.world
    form = {name: str(value) for name, value in (await request.form()).items()}
    world.statistics.count_token_request(form.get("grant_type", ""))
    try:
        tenant = _tenant(world, request.path_params["tenant"])
        _check_form(form)
        app = client_authentication.authenticate(
            world, tenant, form, authorization=request.headers.get("authorization", "")
        )
        world.faults.check_client(app.client_id)
        made = (
            issuing.application_answer(world, app, application.resource(world, app, form))
            if form.get("grant_type") == "client_credentials"
            else issuing.answer(world, _grant(world, tenant, app, form))
        )
    except EntraError as error:
        return error_answer(request, error)
    return JSONResponse(
        made,
        headers=headers(request) | UNCACHED | {"x-ms-clitelem": "1,0,0,,"},
    )


def _tenant(world: World, named: str) -> Tenant | None:
    tenant = world.directory.tenant(named)
    if tenant is None and named not in MULTI_TENANT:
        raise EntraError(90002, tenant=named)
    return tenant


def _check_form(form: Mapping[str, str]) -> None:
    """Refuse what cannot be a code; Entra reads its form before it judges the client."""
    is_code = form.get("grant_type") == "authorization_code" and form.get("code")
    if is_code and not _CODE.match(form["code"]):
        raise EntraError(9002313)


def _grant(world: World, tenant: Tenant | None, app: App, form: Mapping[str, str]) -> Grant:
    kind = form.get("grant_type", "")
    if not kind:
        raise EntraError(90014, field="grant_type")
    if kind == "authorization_code":
        return _redeem_code(world, tenant, app, form)
    if kind == "refresh_token":
        return _renew(world, tenant, app, form)
    raise EntraError(70003, grant_type=kind)


def _redeem_code(world: World, tenant: Tenant | None, app: App, form: Mapping[str, str]) -> Grant:
    if not form.get("code"):
        raise EntraError(90014, field="code")
    found = world.grants.find_code(form["code"])
    if found is None:
        raise EntraError(9002313)
    code, expires_at, used = found
    if used:
        raise EntraError(54005)
    _check_code(code, tenant, app, form)
    if expires_at <= world.clock.now():
        raise EntraError(70008)
    world.grants.use_code(form["code"])
    user = _user(world, code.user)
    scope = form.get("scope") or code.scope
    grant = _checked(world, app, user, scope, asked_in=code.scope)
    return replace(grant, nonce=code.nonce, auth_time=code.auth_time)


def _check_code(code: Code, tenant: Tenant | None, app: App, form: Mapping[str, str]) -> None:
    if tenant and code.tenant_id != tenant.tenant_id:
        raise EntraError(700005)
    if code.client_id != app.client_id:
        raise EntraError(70000)
    if form.get("redirect_uri") != code.redirect_uri:
        raise EntraError(500112, uri=form.get("redirect_uri", ""))
    verifier = form.get("code_verifier", "")
    if code.challenge and _challenge(verifier, code.challenge_method) != code.challenge:
        raise EntraError(501481)


def _challenge(verifier: str, method: str) -> str:
    """Compute the code challenge of RFC 7636 section 4.6."""
    if method != "S256":
        return verifier
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _renew(world: World, tenant: Tenant | None, app: App, form: Mapping[str, str]) -> Grant:
    text = form.get("refresh_token", "")
    if not text:
        raise EntraError(90014, field="refresh_token")
    known = world.grants.find_refresh_token(text)
    if known is None:
        raise EntraError(9002313)
    if known.client_id != app.client_id or (tenant and known.tenant_id != tenant.tenant_id):
        raise EntraError(70000)
    _check_refresh_token(world, known)
    user = _user(world, known.user)
    if user.needs_mfa_on_renewal:
        raise EntraError(50076, resource=GRAPH)
    scope = form.get("scope", "")
    return _checked(world, app, user, scope, asked_in="offline_access")


def _check_refresh_token(world: World, known: RefreshToken) -> None:
    if known.revoked:
        until = datetime.fromtimestamp(world.grants.revoked_until(known.user) / 1e9, UTC)
        raise EntraError(50173, issued=_issued(known), valid_from=_written(until))
    if known.expires_at <= world.clock.now():
        raise EntraError(world.faults.expiry_code, issued=_issued(known))


def _issued(known: RefreshToken) -> str:
    return _written(datetime.fromtimestamp(known.expires_at - REFRESH_LIFETIME, UTC))


def _written(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S.0000000Z}"


def _user(world: World, object_id: str) -> User:
    user = world.directory.user(object_id)
    if user is None:
        raise EntraError(70000)
    if not user.enabled or user.shared:
        raise EntraError(50057)
    if user.blocked_by_policy:
        raise EntraError(53003)
    return user


def _checked(world: World, app: App, user: User, scope: str, *, asked_in: str) -> Grant:
    """Return the grant, if all scopes are of one resource and each is consented to."""
    asked = authorization.permissions(world, app, scope)
    resources = {permission.resource for permission in asked}
    if len(resources) > 1:
        raise EntraError(700022)
    granted = world.grants.consented(user.object_id, app.client_id, tenant_id=user.tenant_id)
    if any(permission.name not in granted for permission in asked):
        raise EntraError(65001, client=app.client_id, name=app.name)
    resource = resources.pop() if resources else GRAPH
    reserved = [word for word in scope.split() if "." not in word]
    return Grant(
        user=user,
        app=app,
        resource=resource,
        permissions=_with_granted(asked, granted, resource),
        reserved=reserved,
        offline="offline_access" in (scope + " " + asked_in).split(),
    )


def _with_granted(asked: list[Scope], granted: set[str], resource: str) -> list[Scope]:
    """Add everything consented to on that resource: Entra answers with more than was asked.

    The scopes asked for keep the request's form: MSAL finds its cached token by it.
    """
    names = {scope.name for scope in asked}
    prefix = asked[0].prefix if asked else ""
    is_exchange = resource == EXCHANGE
    extra = sorted(
        name for name in granted - names if (name == "EWS.AccessAsUser.All") == is_exchange
    )
    return [*asked, *(Scope(prefix + name, name, resource) for name in extra)]
