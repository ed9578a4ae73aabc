"""Issue the tokens of a successful grant.

"Access token claims reference" (version 1, which Exchange's resources get) and
"ID token claims reference" give the claims.
"""

import hashlib
import json
import secrets
import time
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from exchange_emulator.directory import App, User
from exchange_emulator.entra.scopes import GRAPH, Scope
from exchange_emulator.entra.tokens import encode
from exchange_emulator.world import World

# Entra draws 60 to 90 minutes; MSAL treats a token as old five minutes early.
LIFETIME = 3599


@dataclass(frozen=True)
class Grant:
    user: User
    app: App
    resource: str
    permissions: list[Scope]
    reserved: list[str]
    offline: bool
    nonce: str = ""
    auth_time: int = 0


def answer(world: World, grant: Grant) -> dict[str, Any]:
    """Return the token endpoint's JSON, keys in Entra's order; `expires_in` is seconds."""
    now = world.clock.now()
    profile = ["profile", "openid", "email"] if "openid" in grant.reserved else []
    body: dict[str, Any] = {
        "token_type": "Bearer",
        "scope": " ".join([*(scope.requested for scope in grant.permissions), *profile]),
        "expires_in": LIFETIME,
        "ext_expires_in": LIFETIME,
        "access_token": world.signer.sign(_access_claims(world, grant, now=int(now))),
    }
    if grant.offline:
        body["refresh_token"] = world.grants.issue_refresh_token(
            user=grant.user.object_id,
            client_id=grant.app.client_id,
            tenant_id=grant.user.tenant_id,
            now=now,
        )
    if profile:
        body["id_token"] = world.signer.sign(_id_claims(world, grant, now=int(now)))
    client_info = {"uid": grant.user.object_id, "utid": grant.user.tenant_id}
    body["client_info"] = encode(json.dumps(client_info).encode())
    return body


def application_answer(world: World, app: App, resource: str) -> dict[str, Any]:
    """Return the answer to an application that asks for itself; it has no scope and no refresh."""
    now = int(world.clock.now())
    object_id = str(uuid5(NAMESPACE_OID, f"service principal {app.client_id}"))
    claims = {
        "aud": resource,
        "iss": f"{world.https_url}/{app.tenant_id}/",
        "iat": now,
        "nbf": now,
        "exp": now + LIFETIME,
        "app_displayname": app.name,
        "appid": app.client_id,
        "idtyp": "app",
        "oid": object_id,
        "roles": app.application_permissions if resource == GRAPH else [],
        "sub": object_id,
        "tid": app.tenant_id,
        "uti": secrets.token_urlsafe(16),
        "ver": "1.0",
        "serial": time.time_ns(),
    }
    return {
        "token_type": "Bearer",
        "expires_in": LIFETIME,
        "ext_expires_in": LIFETIME,
        "access_token": world.signer.sign(claims),
    }


def _access_claims(world: World, grant: Grant, *, now: int) -> dict[str, Any]:
    return {
        "aud": grant.resource,
        "iss": f"{world.https_url}/{grant.user.tenant_id}/",
        "iat": now,
        "nbf": now,
        "exp": now + LIFETIME,
        "app_displayname": grant.app.name,
        "appid": grant.app.client_id,
        "idtyp": "user",
        "name": grant.user.name,
        "oid": grant.user.object_id,
        "scp": " ".join(scope.name for scope in grant.permissions),
        "sub": _pairwise(grant),
        "tid": grant.user.tenant_id,
        "unique_name": grant.user.address,
        "upn": grant.user.address,
        "uti": secrets.token_urlsafe(16),
        "ver": "1.0",
        # Revocation compares this claim of the emulator's own, in nanoseconds of real time.
        "serial": time.time_ns(),
    }


def _id_claims(world: World, grant: Grant, *, now: int) -> dict[str, Any]:
    claims = {
        "aud": grant.app.client_id,
        "iss": f"{world.https_url}/{grant.user.tenant_id}/v2.0",
        "iat": now,
        "nbf": now,
        "exp": now + LIFETIME + 1,
        "name": grant.user.name,
        "oid": grant.user.object_id,
        "preferred_username": grant.user.address,
        "rh": "1." + secrets.token_urlsafe(24),
        "sub": _pairwise(grant),
        "tid": grant.user.tenant_id,
        "uti": secrets.token_urlsafe(16),
        "ver": "2.0",
    }
    if grant.nonce:
        claims["nonce"] = grant.nonce
    if "email" in grant.reserved:
        claims["email"] = grant.user.address
    # "Add app roles to your application": no claim without a role.
    if roles := world.roles_of(grant.app, grant.user):
        claims["roles"] = roles
    if grant.auth_time and "auth_time" in grant.app.optional_claims:
        claims["auth_time"] = grant.auth_time
    return claims


def _pairwise(grant: Grant) -> str:
    """Return a subject that differs from application to application."""
    digest = hashlib.sha256(f"{grant.user.object_id}{grant.app.client_id}".encode()).digest()
    return encode(digest)
