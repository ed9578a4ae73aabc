"""Whoever signed in with Microsoft is asked after: their refresh token is redeemed now and then
while they work, so that somebody who was removed or has lost their role is out within minutes.

Source: "Refresh tokens in the Microsoft identity platform".
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import requests
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.models.audit.act import Act
from people import acts
from people.models.session import digest

from . import application, identity, people, provider
from .refusals import Refused

logger = logging.getLogger(__name__)

INTERVAL = timedelta(minutes=15)
# While Entra cannot be asked, somebody goes on with what it said before, for so long at most.
LONGEST_WITHOUT = timedelta(hours=4)
_SOON = timedelta(minutes=2)
_LONGEST_ASKING = 60  # seconds; two requests of 10 at most, and the time that a claim is in the way
_KEY = "microsoft"
# Reasons for which the person can do nothing.
_NOT_THEIRS = ("issuer", "answer", "unsafe", "application")
# OAuth's words for a person or a grant that is refused; all else is no fault of theirs.
_REFUSALS = ("invalid_grant", "interaction_required", "consent_required", "login_required")


def remember(request: HttpRequest, refresh_token: str) -> None:
    """Begin: the session, which is sealed at rest, keeps the refresh token. The log-out does not
    wait for a service that may be away, so the address of its page is kept too."""
    now = timezone.now().timestamp()
    request.session[_KEY] = {
        "token": refresh_token,
        "asked_at": now,
        "confirmed_at": now,
        "end_page": provider.end_page(),
    }


def is_of_microsoft(request: HttpRequest) -> bool:
    return _KEY in request.session


def end_page(request: HttpRequest) -> str:
    """Return where the browser's session there is ended; "" where that is not known."""
    return str(request.session.get(_KEY, {}).get("end_page", ""))


class StillWelcome:
    """Middleware: end a session whose person the sign-in service refuses."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and (kept := request.session.get(_KEY)):
            why = _ask_when_due(request, kept, timezone.now())
            if why:
                acts.tell(Act.SIGN_IN_ENDED, request, about=request.user)
                logout(request)
                messages.error(request, why)
                return redirect("account_login")
        return self._get_response(request)


def _ask_when_due(request: HttpRequest, kept: dict[str, Any], now: datetime) -> str:
    """Return why the session ends; "" while it goes on."""
    if _since(kept, "asked_at", now) < INTERVAL or not _is_ours_to_ask(request, kept):
        return ""
    try:
        _ask(request.user, kept)
    except Refused as refused:
        application.note_refusal(refused)
        if refused.reason in _NOT_THEIRS:
            return _without(request, kept, now, refused.reason)
        logger.info("A session was ended: %s", refused.reason)
        return _("Your sign-in with Microsoft has ended. Sign in again.")
    except (requests.RequestException, OAuth2Error) as error:
        return _without(request, kept, now, str(error))
    application.note_success()
    request.session[_KEY] = {
        **kept,
        "asked_at": now.timestamp(),
        "confirmed_at": now.timestamp(),
    }
    return ""


def _is_ours_to_ask(request: HttpRequest, kept: dict[str, Any]) -> bool:
    """Say whether this request asks, and no other of the session at the same moment: a second use
    of a token that is used up would throw the person out, and each one waits for the answer."""
    name = f"people.renewal:{digest(request.session.session_key or '')}:{kept['asked_at']}"
    return bool(cache.add(name, True, _LONGEST_ASKING))


def _without(request: HttpRequest, kept: dict[str, Any], now: datetime, reason: str) -> str:
    logger.warning("The sign-in service has not confirmed somebody: %s", reason)
    if _since(kept, "confirmed_at", now) > LONGEST_WITHOUT:
        return _("The sign-in service has not confirmed your sign-in for 4 hours. Sign in again.")
    request.session[_KEY] = {**kept, "asked_at": (now - INTERVAL + _SOON).timestamp()}
    return ""


def _since(kept: dict[str, Any], name: str, now: datetime) -> timedelta:
    return timedelta(seconds=now.timestamp() - kept[name])


def _ask(user: Any, kept: dict[str, Any]) -> None:
    """Redeem the refresh token, keep the new one, and apply the roles. Raises Refused, and
    OAuth2Error where the answer confirms nothing."""
    answer = _redeem(kept["token"])
    kept["token"] = str(answer.get("refresh_token") or kept["token"])
    if not answer.get("id_token"):
        raise OAuth2Error("no ID token")
    configuration = provider.remembered_configuration()
    claims = jwtkit.verify_and_decode(
        credential=answer["id_token"],
        keys_url=configuration["jwks_uri"],
        issuer=configuration["issuer"],
        audience=settings.OIDC_CLIENT_ID,
        lookup_kid=jwtkit.lookup_kid_jwk,
        verify_signature=False,  # it came from the token endpoint, over TLS
    )
    found = identity.of(claims)
    if not user.socialaccount_set.filter(uid=found.uid).exists():
        raise Refused("other_person")
    if not found.roles:
        people.shut_out(user)
        raise Refused("no_role")
    people.apply(user, found)


def _redeem(token: str) -> dict[str, Any]:
    configuration = provider.remembered_configuration()
    asked = {"grant_type": "refresh_token", "refresh_token": token, "scope": provider.SCOPE}
    ours = (settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET)
    is_basic = provider.wants_basic(configuration)
    if not is_basic:
        asked |= dict(zip(("client_id", "client_secret"), ours, strict=True))
    with provider.session() as http:
        response = http.post(
            configuration["token_endpoint"], data=asked, auth=ours if is_basic else None
        )
    found = response.json()
    if not isinstance(found, dict):
        raise OAuth2Error("not an object")
    if found.get("error") in _REFUSALS:
        raise Refused("declined")
    if not response.ok:
        raise OAuth2Error("refused")
    return found
