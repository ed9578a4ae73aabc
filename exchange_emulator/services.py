"""Tell which service a request is for, how it is counted, and who says to send it."""

import json
import re

from starlette.routing import Match, Router
from starlette.types import Scope

from exchange_emulator.entra.tokens import decode
from exchange_emulator.mail.limits import Caller

_OPERATION = re.compile(rb"<(?:[\w-]+:)?Body[^>]*>\s*<(?:[\w-]+:)?(\w+)")
_KEY_SYNTAX = re.compile(
    r"/(messages|users|mailFolders|attachments)\('((?:[^']|'')+)'\)", re.IGNORECASE
)


def area_of(path: str) -> str:
    """Return graph, ews or entra; nothing for the emulator's own pages."""
    lower = path.lower()
    if lower.startswith(("/v1.0/", "/api/v2.0/")):
        return "graph"
    if lower == "/ews/exchange.asmx":
        return "ews"
    marks = ("/oauth2/", "/discovery/", "/.well-known/", "/v2.0/")
    return "entra" if any(mark in lower for mark in marks) else ""


def plain_path(path: str) -> str:
    """Rewrite OData's `messages('…')`, which a new draft's Location has; drop the last slash.

    Microsoft's own SDK writes two slashes after the version.
    """
    if not path.lower().startswith("/v1.0/"):
        return path
    start, _, rest = path[1:].partition("/")
    return _KEY_SYNTAX.sub(_plain_key, f"/{start}/{rest.lstrip('/')}").rstrip("/")


def _plain_key(found: re.Match[str]) -> str:
    """Write the key as a part of the path; inside quotes OData doubles them."""
    return f"/{found[1]}/" + found[2].replace("''", "'")


def template_of(router: Router, scope: Scope) -> str:
    """Return the path of the route that a request matches, even if it never got there."""
    if "route" in scope:
        return str(scope["route"].path)
    for route in router.routes:
        if route.matches(scope)[0] is not Match.NONE:
            return str(getattr(route, "path", scope["path"]))
    return str(scope["path"])


def operation_of(body: bytes) -> str:
    """Find the EWS operation of an envelope; the envelope is not parsed."""
    found = _OPERATION.search(body)
    return found[1].decode("ascii", "replace") if found else ""


def claimed_caller(scope: Scope) -> Caller:
    """Return (mailbox, application) that the token names, be it good or not."""
    header = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
    parts = header.split(".")
    try:
        claims = json.loads(decode(parts[1]))
        return str(claims["upn"]).lower(), str(claims["appid"])
    except (IndexError, ValueError, KeyError, TypeError, RecursionError):
        return "", ""
