"""Authenticate an application at the token endpoint."""

import base64
import binascii
from collections.abc import Mapping
from urllib.parse import unquote

from exchange_emulator.directory import App, Tenant
from exchange_emulator.entra import client_assertion
from exchange_emulator.entra.errors import EntraError
from exchange_emulator.world import World


def authenticate(
    world: World, tenant: Tenant | None, form: Mapping[str, str], *, authorization: str
) -> App:
    """Return the app that RFC 6749 section 2.3.1 (Basic or form) or RFC 7523 authenticates."""
    client_id, secret = _credentials(form, authorization)
    if not client_id:
        raise EntraError(90014, field="client_id")
    app = world.directory.app(client_id)
    if app is None or (tenant and tenant.tenant_id != app.tenant_id and not app.multi_tenant):
        named = tenant.domain if tenant else "common"
        raise EntraError(700016, client=client_id, tenant=named)
    if form.get("client_assertion"):
        client_assertion.check(world, app, form["client_assertion"])
    else:
        _check_secret(app, secret, now=world.clock.now())
    return app


def _credentials(form: Mapping[str, str], authorization: str) -> tuple[str, str]:
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() != "basic":
        return form.get("client_id", ""), form.get("client_secret", "")
    try:
        client_id, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise EntraError(7000215) from error
    return unquote(client_id), unquote(secret)


def _check_secret(app: App, given: str, *, now: float) -> None:
    if not given:
        raise EntraError(7000218)
    secret = next((known for known in app.secrets if known.value == given), None)
    if secret is None:
        raise EntraError(7000215, client=app.client_id)
    if secret.expires_at is not None and secret.expires_at <= now:
        raise EntraError(7000222, client=app.client_id)
