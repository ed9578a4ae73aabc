"""What becomes of a sign-in with Microsoft: who is let in, and who is refused in which words."""

from hmac import compare_digest
from typing import Any

import requests
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialApp
from django.contrib.auth import logout
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone

from people import fresh
from people.microsoft import people
from people.microsoft.provider import ID, Provider, is_offered, registration, session
from people.microsoft.refusals import Refused, reason_of
from people.ways_in.refused import refuse


class MicrosoftAdapter(DefaultSocialAccountAdapter):
    """There is one provider, and the environment names it."""

    def get_provider(
        self, request: HttpRequest, provider: str, client_id: str | None = None
    ) -> Any:
        if provider != ID or not is_offered():
            raise SocialApp.DoesNotExist
        return Provider(request, app=registration())

    def get_requests_session(self) -> requests.Session:
        return session()

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Make a user of everybody whom pre_social_login has let through."""
        return True

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Refuse an answer that is not to our question, and somebody without a role."""
        identity, asked = sociallogin.identity, sociallogin.state.get("data") or {}
        if not compare_digest(identity.nonce, str(asked.get("nonce", ""))):
            raise Refused("state")
        if again := asked.get("again"):
            _check_again(request, sociallogin, again)
        user = sociallogin.user if sociallogin.is_existing else None
        if not identity.roles:
            if user:
                _shut_out(request, user)
            raise Refused("no_role", identity.address)
        if user:
            people.apply(user, identity)

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: Any) -> Any:
        """Name a user who may be new. They get the rest when they are saved."""
        return sociallogin.user

    def save_user(self, request: HttpRequest, sociallogin: Any, form: Any = None) -> Any:
        """Make the user. Others who sign in first at the same moment may take the name, and the
        same person the identity. Any other IntegrityError is a fault of ours."""
        user, identity = sociallogin.user, sociallogin.identity
        while True:
            user.username = people.free_username(identity.address)
            try:
                with transaction.atomic():
                    super().save_user(request, sociallogin, form)
                    people.apply(user, identity)
            except IntegrityError as error:
                if SocialAccount.objects.filter(uid=identity.uid).exists():
                    raise Refused("twice") from error
                if not User.objects.filter(username=user.username).exists():
                    raise
                user.pk, user._state.adding = None, True
            else:
                return user

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: Any = None,
    ) -> None:
        refused = _refusal(request, exception, extra_context or {})
        of_network = exception if isinstance(exception, requests.RequestException) else None
        raise ImmediateHttpResponse(refuse(request, refused, because=of_network))


def _refusal(request: HttpRequest, exception: Exception | None, context: dict[str, Any]) -> Refused:
    if exception is not None:
        return reason_of(exception)
    if not context.get("state"):
        return Refused("state")
    said = request.GET.get("error", "")
    if said == "access_denied":
        return Refused("cancelled")
    return Refused("declined", request.GET.get("error_description", "") or said)


def _shut_out(request: HttpRequest, user: Any) -> None:
    """Their sessions end: if this one is of them, it has to be another before its row is gone."""
    if request.user == user:
        logout(request)
    people.shut_out(user)


def _check_again(request: HttpRequest, sociallogin: Any, person: int) -> None:
    """The same person has typed their password just now, and the sign-in service says so."""
    if request.user.is_authenticated and sociallogin.user.pk != person:
        raise Refused("other_person")
    proved_at = sociallogin.identity.proved_at
    if proved_at is None:
        raise Refused("no_auth_time")
    if abs(timezone.now() - proved_at) > fresh.LASTS:
        raise Refused("not_asked")
