"""Answer what a client reads before it signs anybody in."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from exchange_emulator.directory import MULTI_TENANT, Tenant
from exchange_emulator.entra.answers import error_answer, headers
from exchange_emulator.entra.errors import EntraError
from exchange_emulator.world import World

CACHED = {"Cache-Control": "max-age=86400, private"}


async def openid_configuration(request: Request) -> Response:
    """Answer GET /{tenant}/v2.0/.well-known/openid-configuration: RFC 8414's document.

    The authorization endpoint alone is on plain http: a browser is sent there,
    and no browser trusts the emulator's certificate authority.
    """
    world: World = request.app.state.world
    named = request.path_params["tenant"]
    tenant = world.directory.tenant(named)
    if tenant is None and named not in MULTI_TENANT:
        error = EntraError(90002, error="invalid_tenant", tenant=named)
        return error_answer(request, error, status=400)
    return JSONResponse(_document(world, tenant, named), headers=headers(request) | CACHED)


def _document(world: World, tenant: Tenant | None, named: str) -> dict[str, Any]:
    # Entra's multi-tenant issuer really contains this placeholder.
    issued_for = tenant.tenant_id if tenant else "{tenantid}"
    address = tenant.tenant_id if tenant else named
    base, pages = f"{world.https_url}/{address}", f"{world.http_url}/{address}"
    host = world.https_url.removeprefix("https://")
    return _WHAT_IT_CAN | {
        "token_endpoint": f"{base}/oauth2/v2.0/token",
        "jwks_uri": f"{base}/discovery/v2.0/keys",
        "issuer": f"{world.https_url}/{issued_for}/v2.0",
        "userinfo_endpoint": f"{world.https_url}/oidc/userinfo",
        "authorization_endpoint": f"{pages}/oauth2/v2.0/authorize",
        "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
        "end_session_endpoint": f"{pages}/oauth2/v2.0/logout",
        "kerberos_endpoint": f"{base}/kerberos",
        "cloud_instance_name": host,
        "cloud_graph_host_name": host,
        "msgraph_host": host,
        "rbac_url": world.https_url,
    }


CLAIMS = (
    "sub iss cloud_instance_name cloud_instance_host_name cloud_graph_host_name msgraph_host aud"
    " exp iat auth_time acr nonce preferred_username name tid ver at_hash c_hash email"
)

_WHAT_IT_CAN = {
    "token_endpoint_auth_methods_supported": [
        "client_secret_post",
        "private_key_jwt",
        "client_secret_basic",
    ],
    "response_modes_supported": ["query", "fragment", "form_post"],
    "subject_types_supported": ["pairwise"],
    "id_token_signing_alg_values_supported": ["RS256"],
    "response_types_supported": ["code"],
    "scopes_supported": ["openid", "profile", "email", "offline_access"],
    "request_uri_parameter_supported": False,
    "http_logout_supported": True,
    "frontchannel_logout_supported": True,
    "claims_supported": CLAIMS.split(),
    "tenant_region_scope": "WW",
}


async def keys(request: Request) -> Response:
    """Answer GET /{tenant}/discovery/v2.0/keys with the keys of RFC 7517."""
    world: World = request.app.state.world
    issuer = f"{world.https_url}/{request.path_params['tenant']}/v2.0"
    return JSONResponse(
        {"keys": [{**world.signer.jwk, "issuer": issuer}]}, headers=headers(request) | CACHED
    )


async def instance_discovery(request: Request) -> Response:
    """Answer GET /common/discovery/instance: MSAL may talk to this cloud only."""
    world: World = request.app.state.world
    host = world.https_url.removeprefix("https://")
    asked = request.query_params.get("authorization_endpoint", f"{world.https_url}/common")
    _scheme, _, address = asked.partition("://")
    instance, _, path = address.partition("/")
    if instance not in (host, world.http_url.removeprefix("http://")):
        return error_answer(request, EntraError(50049, error="invalid_instance"), status=400)
    named = path.partition("/")[0] or "common"
    return JSONResponse(
        {
            "tenant_discovery_endpoint": (
                f"{world.https_url}/{named}/v2.0/.well-known/openid-configuration"
            ),
            "api-version": "1.1",
            "metadata": [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}],
        },
        headers=headers(request) | CACHED,
    )
