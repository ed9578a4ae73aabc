"""List Entra's addresses. `{tenant}` is an id, a verified domain, common or organizations."""

from starlette.routing import Route

from exchange_emulator.entra.admin_consent import admin_consent
from exchange_emulator.entra.authorize import authorize, logout
from exchange_emulator.entra.discovery import instance_discovery, keys, openid_configuration
from exchange_emulator.entra.token import token

ROUTES = [
    Route("/common/discovery/instance", instance_discovery),
    Route("/{tenant}/v2.0/.well-known/openid-configuration", openid_configuration),
    Route("/{tenant}/discovery/v2.0/keys", keys),
    Route("/{tenant}/oauth2/v2.0/authorize", authorize, methods=["GET", "POST"]),
    Route("/{tenant}/oauth2/v2.0/logout", logout, methods=["GET", "POST"]),
    Route("/{tenant}/v2.0/adminconsent", admin_consent, methods=["GET", "POST"]),
    Route("/{tenant}/oauth2/v2.0/token", token, methods=["POST"]),
]
