"""Sign-in and tokens at Microsoft Entra ID: the only importer of MSAL.

Every failure is an AuthError (a person has to act) or a TransientError (Microsoft's sign-in service
could not be asked). MSAL's results are never logged, because they hold the tokens. MSAL's cache
comes in and goes out as text; the caller seals it.
"""

import json
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msal
import requests
from msal.exceptions import MsalError

from notifications.backends.errors import Answer, AuthError, ThrottledError, TransientError
from notifications.backends.explanations.explain import error_for, sign_in_code
from notifications.backends.network import network_answer

# MSAL recommends form_post, a POST from Microsoft's site, to which a browser does not send our
# session cookie (SameSite=Lax). The code in the query is useless without the PKCE verifier.
warnings.filterwarnings("ignore", message="response_mode='form_post' is recommended")

# MSAL takes a token for expired so long before it expires.
EARLY = timedelta(minutes=5)
_REQUEST_TIMEOUT = 20  # seconds


@dataclass(frozen=True, slots=True)
class Application:
    """The app registration. `credential` is a client secret, or a certificate as MSAL takes it;
    `authority` is <login URL>/<tenant>; `verify` is a CA bundle or True."""

    client_id: str
    credential: str | dict[str, str] = field(repr=False)
    authority: str
    verify: str | bool


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh sign-in. `scopes` are those granted, separated by spaces; `cache` is secret."""

    tid: str
    oid: str
    address: str
    scopes: str
    cache: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AccessToken:
    secret: str = field(repr=False)
    expires_at: datetime

    def is_fresh(self, *, now: datetime) -> bool:
        return now < self.expires_at - EARLY


@dataclass(frozen=True, slots=True)
class Renewed:
    """A new token, and the cache to keep; `scopes` is "" if Entra names none."""

    token: AccessToken
    scopes: str
    cache: str = field(repr=False)


def begin_sign_in(
    application: Application, *, scopes: set[str], redirect_uri: str, state: str
) -> dict[str, Any]:
    """Start an authorization code flow with PKCE; its `auth_uri` is for the browser. The result
    is secret."""
    with _microsofts_errors():
        flow: dict[str, Any] = _client(
            application, msal.SerializableTokenCache()
        ).initiate_auth_code_flow(
            sorted(scopes), redirect_uri=redirect_uri, state=state, prompt="select_account"
        )
    return flow


def finish_sign_in(
    application: Application, flow: dict[str, Any], answer: Mapping[str, str], *, now: datetime
) -> SignedIn:
    """Redeem the code that Microsoft's page sent in the query of the callback."""
    cache = msal.SerializableTokenCache()
    try:
        with _microsofts_errors():
            result = _client(application, cache).acquire_token_by_auth_code_flow(flow, dict(answer))
    except RuntimeError as error:
        # MSAL raises this for a nonce that is not the one we sent.
        raise AuthError(Answer(code="ForgedSignIn", message=str(error))) from None
    _raise_if_error(result)
    claims = result.get("id_token_claims", {})
    _check_claims(claims, application, now=now)
    return SignedIn(
        tid=claims["tid"],
        oid=claims["oid"],
        address=claims.get("preferred_username", ""),
        scopes=result.get("scope", ""),
        cache=cache.serialize(),
    )


def cached_token(
    cache: str, application: Application, scopes: set[str], *, now: datetime
) -> AccessToken | None:
    """Return a token of the cache that is still good. No MSAL client is made for it: a new client
    asks Microsoft for the tenant's configuration."""
    entries: Iterator[dict[str, Any]] = _opened(cache).search(
        msal.TokenCache.CredentialType.ACCESS_TOKEN,
        target=sorted(scopes),
        query={"client_id": application.client_id},
    )
    for entry in entries:
        token = AccessToken(entry["secret"], datetime.fromtimestamp(int(entry["expires_on"]), UTC))
        if token.is_fresh(now=now):
            return token
    return None


def renew(
    cache: str, application: Application, scopes: set[str], *, home_account: str, now: datetime
) -> Renewed:
    """Ask Microsoft for a new token. `home_account` is <oid>.<tid>."""
    opened = _opened(cache)
    with _microsofts_errors():
        client = _client(application, opened)
        accounts = client.get_accounts()
        account = next((a for a in accounts if a["home_account_id"] == home_account), None)
        result = client.acquire_token_silent_with_error(
            sorted(scopes), account=account, force_refresh=True
        )
    result = result or {"error": "interaction_required"}
    _raise_if_error(result)
    token = AccessToken(result["access_token"], now + timedelta(seconds=int(result["expires_in"])))
    return Renewed(token, result.get("scope", ""), opened.serialize())


def _opened(cache: str) -> msal.SerializableTokenCache:
    opened = msal.SerializableTokenCache()
    opened.deserialize(cache)
    return opened


def _client(
    application: Application, cache: msal.SerializableTokenCache
) -> msal.ConfidentialClientApplication:
    return msal.ConfidentialClientApplication(
        application.client_id,
        client_credential=application.credential,
        authority=application.authority,
        # The authority is one of our presets or the administrator's own. A look-up at
        # login.microsoftonline.com would break national clouds behind a firewall.
        instance_discovery=False,
        token_cache=cache,
        http_client=_Http(application.verify),
    )


class _Http(requests.Session):
    """MSAL's own session lets REQUESTS_CA_BUNDLE override its `verify`. This one gives `verify`
    with each request, which then counts."""

    def __init__(self, verify: str | bool) -> None:
        super().__init__()
        self._verify = verify

    def request(self, *args: Any, **options: Any) -> requests.Response:
        return super().request(
            *args, **{"timeout": _REQUEST_TIMEOUT, "verify": self._verify, **options}
        )


@contextmanager
def _microsofts_errors() -> Iterator[None]:
    """Turn MSAL's errors into ours."""
    try:
        yield
    except OSError as error:
        # These are requests' errors, and its OSError for a missing CA bundle.
        raise TransientError(network_answer(error)) from error
    except (MsalError, json.JSONDecodeError) as error:
        raise TransientError(Answer(code="SignInServiceFailed", message=_text(error))) from error
    except ValueError as error:
        # MSAL raises it for a tenant whose configuration cannot be read. To requests a proxy's
        # unreadable address is a ValueError, too.
        if isinstance(error.__context__, requests.RequestException):
            raise TransientError(network_answer(error.__context__)) from error
        raise AuthError(Answer(code="AADSTS90002", message=_text(error))) from error


def _text(error: Exception) -> str:
    return str(error)[:500]


def _raise_if_error(result: dict[str, Any]) -> None:
    if "error" not in result:
        return
    description = str(result.get("error_description", ""))
    code = sign_in_code(str(result["error"]), description)
    answer = Answer(
        status=400,
        code=code,
        message=description.replace("\r\n", " "),
        request_id=str(result.get("trace_id", "")),
        client_request_id=str(result.get("correlation_id", "")),
    )
    error = error_for(answer, submitted=False)
    # An error that is not temporary needs a person, whatever its code.
    raise error if isinstance(error, TransientError | ThrottledError) else AuthError(answer)


def _check_claims(claims: dict[str, Any], application: Application, *, now: datetime) -> None:
    """Check the claims that we store: MSAL (1.38 and later) only decodes the id_token."""
    tenant = application.authority.rpartition("/")[2]
    is_guid = tenant.count("-") == 4  # noqa: PLR2004 - the form of a GUID
    if (
        claims.get("aud") != application.client_id
        or not claims.get("oid")
        or not claims.get("tid")
        or (is_guid and claims["tid"].lower() != tenant.lower())
    ):
        raise AuthError(
            Answer(code="ForgedSignIn", message="The id_token is not for this application.")
        )
    if claims.get("exp", 0) < now.timestamp():
        # The token comes fresh from Microsoft, so it looks old only if our clock is ahead.
        raise TransientError(
            Answer(code="ClockWrong", message="A new id_token has expired already.")
        )
