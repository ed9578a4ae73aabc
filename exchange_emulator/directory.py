"""Hold the tenants, accounts and app registrations that an administrator would set up."""

from dataclasses import dataclass, field

MULTI_TENANT = ("common", "organizations")


@dataclass
class User:
    """Describe an account or, with `shared`, a mailbox that nobody signs in to.

    The rights name the addresses that hold them, as in Exchange's
    Add-RecipientPermission (Send As) and GrantSendOnBehalfTo.
    """

    address: str
    name: str
    object_id: str
    tenant_id: str
    aliases: list[str] = field(default_factory=list)
    shared: bool = False
    enabled: bool = True
    is_admin: bool = False
    has_mailbox: bool = True
    needs_mfa_on_renewal: bool = False
    blocked_by_policy: bool = False
    send_as: list[str] = field(default_factory=list)
    send_on_behalf: list[str] = field(default_factory=list)
    full_access: list[str] = field(default_factory=list)


@dataclass
class Secret:
    secret_id: str
    value: str
    expires_at: float | None = None


@dataclass
class App:
    client_id: str
    name: str
    tenant_id: str
    secrets: list[Secret] = field(default_factory=list)
    redirect_uris: list[str] = field(default_factory=list)
    permissions: list[str] = field(default_factory=list)
    certificates: list[str] = field(default_factory=list)
    multi_tenant: bool = False
    # App roles by the address of whom they are assigned to.
    roles: dict[str, list[str]] = field(default_factory=dict)
    # Optional claims of the ID token.
    optional_claims: list[str] = field(default_factory=list)
    # Application permissions that an administrator has consented to.
    application_permissions: list[str] = field(default_factory=list)


@dataclass
class Tenant:
    """Describe a tenant; its flags are the tenant-wide switches of the admin centres."""

    tenant_id: str
    domain: str
    user_consent: bool = True
    send_from_alias: bool = False
    ews_enabled: bool = True


class Directory:
    def __init__(self, *, tenants: list[Tenant], users: list[User], apps: list[App]) -> None:
        self.tenants = tenants
        self.users = users
        self.apps = apps
        self._users = {
            key.lower(): user
            for user in users
            for key in (user.address, user.object_id, *user.aliases)
        }

    def tenant(self, named: str) -> Tenant | None:
        """Find a tenant by id or verified domain; `common` and `organizations` are not tenants."""
        wanted = named.lower()
        return next((t for t in self.tenants if wanted in (t.tenant_id, t.domain)), None)

    def user(self, named: str) -> User | None:
        """Find an account by address, alias or object id."""
        return self._users.get(named.lower())

    def app(self, client_id: str) -> App | None:
        return next((a for a in self.apps if a.client_id == client_id.lower()), None)

    def accounts(self) -> list[User]:
        return [user for user in self.users if not user.shared]
