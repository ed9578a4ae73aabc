"""Read what a request to /authorize asks for, and check it in Entra's order."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from exchange_emulator.directory import MULTI_TENANT, App, Tenant, User
from exchange_emulator.entra import scopes
from exchange_emulator.entra.errors import EntraError
from exchange_emulator.entra.scopes import Scope
from exchange_emulator.world import World

PROMPTS = ("none", "login", "select_account", "consent")
LOOPBACK = ("localhost", "127.0.0.1")


@dataclass
class Authorization:
    """Hold a checked request; `tenant` is None for /common and /organizations."""

    app: App
    tenant: Tenant | None
    redirect_uri: str
    query: Mapping[str, str]
    permissions: list[Scope] = field(default_factory=list)
    signed_in_at: int = 0

    @property
    def prompt(self) -> str:
        return self.query.get("prompt", "")


def read(world: World, tenant_name: str, query: Mapping[str, str]) -> Authorization:
    """Read the request; an EntraError goes onto Entra's own page, as no redirect is trusted yet."""
    tenant = world.directory.tenant(tenant_name)
    if tenant is None and tenant_name not in MULTI_TENANT:
        raise EntraError(90002, tenant=tenant_name)
    client_id = query.get("client_id", "")
    if not client_id:
        raise EntraError(90014, field="client_id")
    app = world.directory.app(client_id)
    if app is None or (tenant and tenant.tenant_id != app.tenant_id and not app.multi_tenant):
        raise EntraError(700016, client=client_id, tenant=tenant_name)
    if tenant is None and not app.multi_tenant:
        raise EntraError(50194, client=client_id)
    uri = query.get("redirect_uri", "")
    if not any(same_redirect(uri, registered) for registered in app.redirect_uris):
        raise EntraError(50011, uri=uri, client=client_id)
    return Authorization(app, tenant, uri, query)


def same_redirect(uri: str, registered: str) -> bool:
    """Compare exactly, but for the port of a loopback address ("Redirect URI restrictions")."""
    if uri == registered:
        return True
    try:
        asked, known = urlsplit(uri), urlsplit(registered)
    except ValueError:
        return False
    return (
        known.hostname in LOOPBACK
        and known.scheme == asked.scheme == "http"
        and (asked.hostname, asked.path, asked.query) == (known.hostname, known.path, known.query)
    )


def read_scopes(world: World, request: Authorization) -> None:
    """Read the scopes; from here on, errors go back to the application."""
    text = request.query.get("scope", "")
    if not text:
        raise EntraError(90014, field="scope")
    if request.query.get("response_type") != "code":
        raise EntraError(90014, field="response_type")
    _check_values(request.query)
    request.permissions = permissions(world, request.app, text)


def _check_values(query: Mapping[str, str]) -> None:
    """Refuse a value that Entra does not know, instead of ignoring it."""
    mode = query.get("response_mode", "query")
    if mode not in ("query", "fragment", "form_post"):
        raise EntraError(70007, value=mode)
    if not set(query.get("prompt", "").split()) <= set(PROMPTS):
        raise EntraError(90023, field="prompt")
    if query.get("code_challenge_method", "plain") not in ("plain", "S256"):
        raise EntraError(90023, field="code_challenge_method")


def permissions(world: World, app: App, text: str) -> list[Scope]:
    try:
        asked, _ = scopes.parse(text, world.https_url)
    except scopes.UnknownScopeError as error:
        raise EntraError(70011, scope=str(error)) from error
    known = {scopes.PERMISSIONS[name][0] for name in app.permissions}
    for scope in asked:
        if scope.resource not in known:
            resource = scopes.RESOURCE_NAMES[scope.resource]
            raise EntraError(650057, client=app.client_id, name=app.name, resource=resource)
    return scopes.expand(asked, app.permissions)


def check_account(request: Authorization, user: User) -> None:
    """Check that the account may sign in here; Entra tells the user, not the application."""
    if request.tenant and user.tenant_id != request.tenant.tenant_id:
        raise EntraError(
            50020,
            user=user.address,
            provider=user.address.rpartition("@")[2],
            tenant=request.tenant.domain,
            client=request.app.client_id,
        )
    if not user.enabled or user.shared:
        # The account behind a shared mailbox is blocked from signing in.
        raise EntraError(50057)
    if user.blocked_by_policy:
        raise EntraError(53003)


def missing_consent(world: World, request: Authorization, user: User) -> list[Scope]:
    granted = world.grants.consented(
        user.object_id, request.app.client_id, tenant_id=user.tenant_id
    )
    return [scope for scope in request.permissions if scope.name not in granted]


def may_consent(world: World, user: User) -> bool:
    """Say whether the user may consent; a tenant may leave that to administrators (error 90094)."""
    tenant = world.directory.tenant(user.tenant_id)
    is_open = tenant is None or tenant.user_consent
    return user.is_admin or (is_open and not world.faults.consent_is_for_administrators())
