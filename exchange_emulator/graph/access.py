"""Find out who calls Graph, by which permissions and for which mailbox."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from exchange_emulator.control.faults import mailbox_disabled
from exchange_emulator.directory import User
from exchange_emulator.entra.scopes import GRAPH
from exchange_emulator.entra.tokens import InvalidTokenError
from exchange_emulator.graph import answers
from exchange_emulator.mail import errors
from exchange_emulator.mail.errors import MailError
from exchange_emulator.world import World

_AUTHORITY = "https://login.microsoftonline.com/common/oauth2/authorize"
CHALLENGE = f'realm="", authorization_uri="{_AUTHORITY}", client_id="{GRAPH}"'


class RefusedError(Exception):
    """Carry an error of Graph itself, rather than of Exchange behind it."""

    def __init__(self, code: str, text: str, status: int, **headers: str) -> None:
        self.code = code
        self.text = text
        self.status = status
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        super().__init__(f"{code}: {text}")


@dataclass(frozen=True)
class Call:
    """Hold an admitted request; `account` signed in, and `mailbox` is the one it works on."""

    request: Request
    world: World
    account: User
    mailbox: User
    scopes: frozenset[str]

    @property
    def reads_content(self) -> bool:
        """Say whether bodies, attachments and extended properties show; ReadBasic hides them."""
        names = {name.removesuffix(SHARED) for name in self.scopes}
        return not names.isdisjoint(("Mail.Read", "Mail.ReadWrite"))

    @property
    def wants_immutable_ids(self) -> bool:
        return 'idtype="immutableid"' in self.request.headers.get("prefer", "").lower()


Endpoint = Callable[[Call], Awaitable[Response]]


SHARED = ".Shared"


def needs(
    *any_of: str, directory: bool = False
) -> Callable[[Endpoint], Callable[[Request], Awaitable[Response]]]:
    """Admit to the endpoint only callers with one of these delegated permissions.

    Another mailbox than one's own needs the `.Shared` permission of the same name.
    `directory` marks an endpoint about an account, which need not have a mailbox.
    """

    def wrap(endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
        async def admitted(request: Request) -> Response:
            return await endpoint(admit(request, any_of, directory=directory))

        async def handle(request: Request) -> Response:
            return await guarded(request, admitted)

        return handle

    return wrap


async def guarded(request: Request, endpoint: Callable[[Request], Awaitable[Response]]) -> Response:
    """Return the endpoint's answer, or its error in Graph's shape; both get Graph's headers."""
    given = answers.headers(request.headers)
    try:
        made = await endpoint(request)
    except MailError as error:
        made = answers.error_answer(
            error.code, error.text, error.status, now=_now(request), given=given
        )
    except RefusedError as error:
        made = refusal(request, error, given)
    made.headers.update(given)
    return made


def _now(request: Request) -> float:
    world: World = request.app.state.world
    return world.clock.now()


def refusal(request: Request, error: RefusedError, given: dict[str, str]) -> Response:
    made = answers.error_answer(
        error.code, error.text, error.status, now=_now(request), given=given, more=error.headers
    )
    if error.status == 401:  # noqa: PLR2004 - HTTP
        made.headers.append("www-authenticate", f"Bearer {CHALLENGE}")
        made.headers.append("www-authenticate", f'PoP {CHALLENGE}, nonce="emulator"')
    return made


def admit(request: Request, any_of: tuple[str, ...], *, directory: bool) -> Call:
    """Make the checks that come before Exchange sees a request, in Graph's order."""
    world: World = request.app.state.world
    claims = _claims(world, request)
    if claims.get("idtyp") == "app":
        text = "/me request is only valid with delegated authentication flow."
        raise RefusedError("BadRequest", text, 400)
    account = world.directory.user(claims["oid"])
    if account is None:
        raise RefusedError("InvalidAuthenticationToken", "The user is not known.", 401)
    _check_load(world, request, claims)
    scopes = frozenset(claims["scp"].split())
    if not scopes.intersection(_wanted(world, request, account, any_of)):
        raise _missing_scope(directory=directory)
    mailbox = account if directory else _mailbox(world, request, account)
    return Call(request, world, account, mailbox, scopes)


def application_claims(world: World, request: Request) -> dict[str, Any]:
    """Return the claims of an application's own token; a person's has no roles."""
    claims = _claims(world, request)
    return claims if claims.get("idtyp") == "app" else claims | {"roles": []}


def _wanted(
    world: World, request: Request, account: User, any_of: tuple[str, ...]
) -> tuple[str, ...]:
    named = request.path_params.get("user")
    mailbox = world.directory.user(named) if named else account
    if mailbox in (account, None):
        return any_of
    return tuple(name if name.startswith("User.") else name + SHARED for name in any_of)


def _missing_scope(*, directory: bool) -> Exception:
    if not directory:
        return errors.access_denied()
    text = "Insufficient privileges to complete the operation."
    return RefusedError("Authorization_RequestDenied", text, 403)


def _claims(world: World, request: Request) -> dict[str, Any]:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise RefusedError("InvalidAuthenticationToken", "Access token is empty.", 401)
    try:
        claims = world.signer.verify(token)
    except InvalidTokenError as error:
        raise RefusedError("InvalidAuthenticationToken", str(error), 401) from error
    if claims.get("aud") != GRAPH:
        raise RefusedError(
            "InvalidAuthenticationToken", "Access token validation failure. Invalid audience.", 401
        )
    if claims["exp"] <= world.clock.now():
        raise RefusedError(
            "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.", 401
        )
    if claims["serial"] <= world.grants.revoked_until(claims["oid"]):
        raise RefusedError(
            "InvalidAuthenticationToken", "Access token has expired or is not yet valid.", 401
        )
    return claims


def _check_load(world: World, request: Request, claims: dict[str, Any]) -> None:
    if request.scope["state"].get("is_over_concurrency"):
        raise RefusedError(
            "ApplicationThrottled",
            "Application is over its MailboxConcurrency limit.",
            429,
            Retry_After="1",
        )
    caller = (claims["upn"], claims["appid"])
    seconds = world.limits.wait_for_request(caller, now=world.clock.now())
    if seconds:
        raise RefusedError(
            "ApplicationThrottled",
            "Application is over its MailboxRequests limit.",
            429,
            Retry_After=str(seconds),
        )


def _mailbox(world: World, request: Request, account: User) -> User:
    """Return the mailbox of `/me`, or of `/users/{id or address}`, which needs Full Access."""
    named = request.path_params.get("user")
    mailbox = world.directory.user(named) if named else account
    if mailbox is None:
        raise RefusedError("ErrorInvalidUser", f"The requested user '{named}' is invalid.", 404)
    if mailbox is not account and account.address not in mailbox.full_access:
        raise errors.access_denied()
    if not mailbox.has_mailbox:
        raise mailbox_disabled()
    world.faults.check_enabled(mailbox.address)
    return mailbox
