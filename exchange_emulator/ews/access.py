"""Find out who calls EWS, and whose mailbox they mean."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from exchange_emulator.directory import User
from exchange_emulator.entra.scopes import EXCHANGE
from exchange_emulator.entra.tokens import InvalidTokenError
from exchange_emulator.ews import soap
from exchange_emulator.mail import errors
from exchange_emulator.world import World

SCOPE = "EWS.AccessAsUser.All"
_CHALLENGE = (
    f'Bearer client_id="{EXCHANGE}", trusted_issuers="00000001-0000-0000-c000-000000000000@*", '
    'token_types="app_asserted_user_v1 service_asserted_app_v1", '
    'authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", '
    'error="invalid_token"'
)


class UnauthorizedError(Exception):
    """Carry a refusal; `diagnostics` is the x-ms-diagnostics header.

    "Instrumenting client requests" describes its number, reason and type.
    """

    def __init__(self, number: int, kind: str, reason: str) -> None:
        self.diagnostics = f'{number};reason="{reason}";error_category="{kind}"'
        super().__init__(self.diagnostics)


@dataclass(frozen=True)
class Call:
    request: Request
    world: World
    account: User

    @property
    def now(self) -> float:
        return self.world.clock.now()

    def mailbox(self, named: str) -> User:
        """Return the mailbox that is named; another one than one's own needs Full Access."""
        found = self.world.directory.user(named)
        if found is None:
            raise no_mailbox()
        if found is not self.account and self.account.address not in found.full_access:
            raise errors.access_denied()
        return found


def no_mailbox() -> errors.MailError:
    return errors.MailError(
        "ErrorNonExistentMailbox", "The SMTP address has no mailbox associated with it."
    )


def admit(request: Request) -> Call:
    """Return the call of a good token; raise UnauthorizedError for any other."""
    world: World = request.app.state.world
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise UnauthorizedError(2000001, "invalid_token", "The request has no token.")
    try:
        claims = world.signer.verify(token)
    except InvalidTokenError as error:
        raise UnauthorizedError(2000000, "invalid_signature", "The token is not good.") from error
    account = _account(world, claims)
    return Call(request, world, account)


def _account(world: World, claims: dict[str, Any]) -> User:
    if claims.get("aud") != EXCHANGE or SCOPE not in claims["scp"].split():
        raise UnauthorizedError(2000003, "invalid_resource", "The audience claim value is wrong.")
    if claims["exp"] <= world.clock.now():
        raise UnauthorizedError(2000002, "token_expired", "The token has expired.")
    if claims["serial"] <= world.grants.revoked_until(claims["oid"]):
        raise UnauthorizedError(2000008, "invalid_grant", "The token has been revoked.")
    account = world.directory.user(claims["oid"])
    if account is None or not account.has_mailbox:
        raise UnauthorizedError(2000005, "invalid_user", "The user has no mailbox.")
    return account


def unauthorized(error: UnauthorizedError | None = None) -> Response:
    headers = soap.headers() | {"WWW-Authenticate": _CHALLENGE}
    if error:
        headers["x-ms-diagnostics"] = error.diagnostics
    return Response(status_code=401, headers=headers)
