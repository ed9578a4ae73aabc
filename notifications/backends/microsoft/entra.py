"""Sign-in and tokens at Microsoft Entra ID: the only importer of MSAL.

Every failure is an AuthError (a person has to act), a TransientError (Microsoft's sign-in service
could not be asked) or a ThrottledError (it asks for a pause). MSAL's results are never logged,
because they hold the tokens. MSAL's cache comes in and goes out as text; the caller seals it.
"""

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msal
from msal.exceptions import MsalError

from notifications.backends.errors import Answer, AuthError, line

from . import id_token
from .application import AccessToken, Application, Renewed
from .entra_http import EntraHttp, failed, refusal

# MSAL recommends form_post, a POST from Microsoft's site, to which a browser does not send our
# session cookie (SameSite=Lax). The code in the query is useless without the PKCE verifier.
warnings.filterwarnings("ignore", message="response_mode='form_post' is recommended")

_LONGEST_SCOPES = 4000
# MSAL raises these for an answer of another form than it expects.
_SURPRISES = (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RecursionError)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh sign-in. `scopes` are those granted, separated by spaces; `cache` is secret."""

    tid: str
    oid: str
    address: str
    scopes: str
    cache: str = field(repr=False)


def begin_sign_in(
    application: Application, *, scopes: set[str], redirect_uri: str, state: str
) -> dict[str, Any]:
    """Start an authorization code flow with PKCE; its `auth_uri` is for the browser. The result
    is secret."""
    http = EntraHttp(application.verify)
    with _microsofts_errors():
        flow: dict[str, Any] = _client(
            application, msal.SerializableTokenCache(), http
        ).initiate_auth_code_flow(
            sorted(scopes), redirect_uri=redirect_uri, state=state, prompt="select_account"
        )
    return flow


def finish_sign_in(
    application: Application, flow: dict[str, Any], answer: Mapping[str, str], *, now: datetime
) -> SignedIn:
    """Redeem the code that Microsoft's page sent in the query of the callback."""
    cache, http = msal.SerializableTokenCache(), EntraHttp(application.verify)
    with _microsofts_errors():
        client = _client(application, cache, http)
        try:
            result = client.acquire_token_by_auth_code_flow(flow, dict(answer))
        except RecursionError:
            raise  # it is a RuntimeError, too
        except RuntimeError as error:
            # MSAL raises this for a nonce that is not the one we sent.
            raise AuthError(Answer(code="ForgedSignIn", message=str(error))) from None
        kept = cache.serialize()
    if "error" in result:
        raise refusal(result)
    claims = id_token.check(
        result.get("id_token_claims"), client_id=application.client_id, issuer=http.issuer, now=now
    )
    return SignedIn(
        tid=claims.tid,
        oid=claims.oid,
        address=claims.preferred_username,
        scopes=line(result.get("scope"), _LONGEST_SCOPES),
        cache=kept,
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
    opened, http = _opened(cache), EntraHttp(application.verify)
    with _microsofts_errors():
        client = _client(application, opened, http)
        accounts = client.get_accounts()
        account = next((a for a in accounts if a["home_account_id"] == home_account), None)
        result = client.acquire_token_silent_with_error(
            sorted(scopes), account=account, force_refresh=True
        )
        result = result or {"error": "interaction_required"}
        if "error" in result:
            raise refusal(result)
        life = timedelta(seconds=int(result["expires_in"]))
        token = AccessToken(result["access_token"], now + life)
        return Renewed(token, line(result.get("scope"), _LONGEST_SCOPES), opened.serialize())


def application_token(application: Application, *, scope: str, now: datetime) -> AccessToken:
    """Ask for a token of the application itself (client credentials), which no person signs in
    for. `scope` is a resource's `/.default`: all permissions that an administrator consented to."""
    http = EntraHttp(application.verify)
    with _microsofts_errors():
        client = _client(application, msal.SerializableTokenCache(), http)
        result = client.acquire_token_for_client([scope])
        if "error" in result:
            raise refusal(result)
        life = timedelta(seconds=int(result["expires_in"]))
        return AccessToken(result["access_token"], now + life)


def _opened(cache: str) -> msal.SerializableTokenCache:
    opened = msal.SerializableTokenCache()
    opened.deserialize(cache)
    return opened


def _client(
    application: Application, cache: msal.SerializableTokenCache, http: EntraHttp
) -> msal.ConfidentialClientApplication:
    return msal.ConfidentialClientApplication(
        application.client_id,
        client_credential=application.credential,
        authority=application.authority,
        # The authority is one of our presets or the administrator's own. A look-up at
        # login.microsoftonline.com would break national clouds behind a firewall.
        instance_discovery=False,
        token_cache=cache,
        http_client=http,
    )


@contextmanager
def _microsofts_errors() -> Iterator[None]:
    """Turn MSAL's errors into ours; those of EntraHttp are ours already."""
    try:
        yield
    except (MsalError, *_SURPRISES) as error:
        raise failed(f"{type(error).__name__}: {error}") from error
