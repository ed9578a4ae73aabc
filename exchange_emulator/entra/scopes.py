"""List the delegated permissions, and read the scopes by which a request names them."""

from dataclasses import dataclass

GRAPH = "00000003-0000-0000-c000-000000000000"
EXCHANGE = "00000002-0000-0ff1-ce00-000000000000"
RESOURCE_NAMES = {GRAPH: "Microsoft Graph", EXCHANGE: "Office 365 Exchange Online"}
RESERVED = ("openid", "profile", "email", "offline_access")

# Sources: "Microsoft Graph permissions reference" and
# "Authenticate an EWS application by using OAuth".
PERMISSIONS = {
    "Mail.Send": (GRAPH, "Send mail as you"),
    "Mail.Send.Shared": (GRAPH, "Send mail on behalf of others or yourself"),
    "Mail.ReadWrite": (GRAPH, "Read and write access to your mail"),
    "Mail.ReadWrite.Shared": (GRAPH, "Read and write mail you can access"),
    "Mail.Read": (GRAPH, "Read your mail"),
    "Mail.Read.Shared": (GRAPH, "Read mail you can access"),
    "Mail.ReadBasic": (GRAPH, "Read your basic mail"),
    "Mail.ReadBasic.Shared": (GRAPH, "Read basic mail you can access"),
    "User.Read": (GRAPH, "Sign you in and read your profile"),
    "User.ReadBasic.All": (GRAPH, "Read all users' basic profiles"),
    "EWS.AccessAsUser.All": (EXCHANGE, "Access your mailboxes"),
}
_CANONICAL = {name.lower(): name for name in PERMISSIONS}
_HOSTS = {
    "graph.microsoft.com": GRAPH,
    "graph.microsoft.us": GRAPH,
    "dod-graph.microsoft.us": GRAPH,
    "microsoftgraph.chinacloudapi.cn": GRAPH,
    "outlook.office365.com": EXCHANGE,
    "outlook.office.com": EXCHANGE,
    "outlook.office365.us": EXCHANGE,
    "webmail.apps.mil": EXCHANGE,
    "partner.outlook.cn": EXCHANGE,
}


class UnknownScopeError(ValueError):
    """Name a scope that no resource has; the text is the scope."""


@dataclass(frozen=True)
class Scope:
    """Name one permission; `requested` is the request's spelling, which the answer has to echo."""

    requested: str
    name: str
    resource: str

    @property
    def prefix(self) -> str:
        return self.requested[: len(self.requested) - len(self.requested.rpartition("/")[2])]


def parse(text: str, own_url: str) -> tuple[list[Scope], list[str]]:
    """Return (permissions, reserved scopes) of a `scope` parameter.

    `own_url` is the emulator's https base, which stands for both resources.
    """
    permissions: list[Scope] = []
    reserved: list[str] = []
    for requested in text.split():
        if requested.lower() in RESERVED:
            reserved.append(requested.lower())
        else:
            permissions.append(_permission(requested, own_url))
    return permissions, reserved


def _permission(requested: str, own_url: str) -> Scope:
    prefix, _, last = requested.rpartition("/")
    name = ".default" if last == ".default" else _CANONICAL.get(last.lower(), "")
    if not name:
        raise UnknownScopeError(requested)
    belongs_to = PERMISSIONS[name][0] if name in PERMISSIONS else GRAPH
    resource = _resource(prefix.rstrip("/"), own_url, belongs_to)
    if resource is None or (name in PERMISSIONS and resource != belongs_to):
        raise UnknownScopeError(requested)
    return Scope(requested, name, resource)


def _resource(prefix: str, own_url: str, belongs_to: str) -> str | None:
    if prefix in ("", own_url):
        # Entra means Graph where no resource is named: EWS must be named in full.
        return belongs_to if prefix else GRAPH
    if prefix in RESOURCE_NAMES:
        return prefix
    return _HOSTS.get(prefix.removeprefix("https://").lower())


def expand(permissions: list[Scope], registered: list[str]) -> list[Scope]:
    """Replace `.default` by the resource's permissions in the app registration."""
    wide = [scope for scope in permissions if scope.name == ".default"]
    exact = [scope for scope in permissions if scope.name != ".default"]
    for scope in wide:
        exact += [
            Scope(scope.prefix + name, name, scope.resource)
            for name in registered
            if PERMISSIONS[name][0] == scope.resource
        ]
    return exact
