"""allauth's OpenID Connect provider, as Entra ID speaks it."""

from functools import partial
from typing import Any, TypeGuard
from urllib.parse import urlencode, urlsplit

import requests
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest
from django.urls import reverse

from mailconnector import ways_in
from mailconnector.checks import HERE
from notifications.backends.network import USER_AGENT, Session, check_proxy
from notifications.mailbox.connection import verify

from . import identity
from .refusals import Refused

ID = "microsoft"
# offline_access brings the refresh token of renewal.py.
SCOPE = "openid profile email offline_access"
_TIMEOUT = 10  # seconds
# What is wrong is the secret, or the application is gone: OAuth 2.0 (RFC 6749), section 5.2.
_OF_APPLICATION = ("invalid_client", "unauthorized_client")
_REMEMBERED = 3600  # seconds
_ENDPOINTS = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")


def is_offered() -> bool:
    return all(getattr(settings, name) for name in ways_in.OF_MICROSOFT)


def registration() -> SocialApp:
    """Return what allauth would else read from its table."""
    return SocialApp(
        provider=OpenIDConnectProvider.id,
        provider_id=ID,
        name="Microsoft",
        client_id=settings.OIDC_CLIENT_ID,
        secret=settings.OIDC_CLIENT_SECRET,
        settings={
            "server_url": settings.OIDC_ISSUER,
            "fetch_userinfo": False,  # Entra's has no roles
            "oauth_pkce_enabled": True,
            "scope": SCOPE.split(),
        },
    )


def session() -> requests.Session:
    """Return what talks to the sign-in service. Whoever redirects us does not get the secret."""
    made = Session()
    made.headers["User-Agent"] = USER_AGENT
    made.request = partial(  # type: ignore[method-assign]
        _request, made.request, timeout=_TIMEOUT, verify=verify(), allow_redirects=False
    )
    return made


def _request(send: Any, method: str, url: str, **options: Any) -> requests.Response:
    try:
        check_proxy(url)
        answer: requests.Response = send(method, url, **options)
    except requests.RequestException:
        raise
    except OSError as error:  # a missing CA bundle, an unreadable proxy
        raise requests.ConnectionError(str(error)) from error
    if not answer.ok and error_of(answer) in _OF_APPLICATION:
        raise Refused("application")
    return answer


def error_of(answer: requests.Response) -> str:
    """Return OAuth's word for what is wrong, or ""."""
    try:
        found = answer.json()
    except requests.JSONDecodeError:
        return ""
    return str(found.get("error", "")) if isinstance(found, dict) else ""


def remembered_configuration() -> dict[str, Any]:
    """Return the description of an hour ago at most."""
    found: dict[str, Any] | None = caches["process"].get(_entry())
    return found or configuration()


def _entry() -> str:
    return f"oidc:{settings.OIDC_ISSUER}"


def configuration() -> dict[str, Any]:
    """Return the provider's own description of itself as it is now. Raises Refused where it is of
    another issuer, is not safe or makes no sense, and requests' errors."""
    with session() as http:
        response = http.get(f"{settings.OIDC_ISSUER}/.well-known/openid-configuration")
    try:
        response.raise_for_status()
        found = response.json()
    except requests.JSONDecodeError as error:
        raise Refused("answer") from error
    if not isinstance(found, dict) or not all(is_url(found.get(name)) for name in _ENDPOINTS):
        raise Refused("answer")
    if found["issuer"] != settings.OIDC_ISSUER:
        raise Refused("issuer")
    if unsafe := [name for name in _ENDPOINTS if not is_safe(found[name])]:
        raise Refused("unsafe", ", ".join(unsafe))
    caches["process"].set(_entry(), found, _REMEMBERED)
    return found


def wants_basic(found: dict[str, Any]) -> bool:
    """Say whether the secret is to be in a header: a form may have it where the service says so.
    Source: "OpenID Connect Discovery 1.0", section 3."""
    methods = found.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return "client_secret_post" not in methods


def end_page() -> str:
    """Return the address at which a browser's session there is ended; "" where none is named.
    Source: "OpenID Connect RP-Initiated Logout 1.0", section 2."""
    address = remembered_configuration().get("end_session_endpoint")
    if not is_url(address) or not is_safe(address):
        return ""
    return f"{address}?{urlencode({'client_id': settings.OIDC_CLIENT_ID})}"


def is_url(value: object) -> TypeGuard[str]:
    try:
        return isinstance(value, str) and urlsplit(value).scheme in ("https", "http")
    except ValueError:
        return False


def is_safe(address: str) -> bool:
    """Say whether nobody on the way reads what goes there: ID tokens are believed for that."""
    parts = urlsplit(address)
    return parts.scheme == "https" or parts.hostname in HERE


class Adapter(OpenIDConnectOAuth2Adapter):
    """The redirect URI is that of MAILCONNECTOR_PUBLIC_URL, whatever the browser's host."""

    @property
    def openid_config(self) -> dict[str, Any]:
        return remembered_configuration()

    @property
    def basic_auth(self) -> bool:
        return wants_basic(self.openid_config)

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return redirect_uri()


def redirect_uri() -> str:
    return f"{settings.PUBLIC_URL}{reverse('microsoft_callback')}"


class Provider(OpenIDConnectProvider):
    """A person is found by the identity alone, never by a name or an e-mail address."""

    oauth2_adapter_class = Adapter

    def extract_uid(self, data: dict[str, Any]) -> str:
        return self._identity(data).uid

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        found = self._identity(data)
        return {"name": found.name, "address": found.address}

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        return {}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        return []

    def sociallogin_from_response(self, request: HttpRequest, response: dict[str, Any]) -> Any:
        login = super().sociallogin_from_response(request, response)
        login.identity = self._identity(response)
        return login

    @staticmethod
    def _identity(data: dict[str, Any]) -> identity.Identity:
        return identity.of(data.get("id_token") or {})
