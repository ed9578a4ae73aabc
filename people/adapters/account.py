"""How somebody is let in, whichever way they came."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from mailconnector.login import caller_of
from notifications.alarms import watch
from notifications.models.audit.act import Act
from people import acts
from people.microsoft import application, renewal
from people.microsoft.refusals import Refused
from people.ways_in.refused import refuse


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up, no address is confirmed, and axes counts wrong passwords."""

    def get_login_stages(self) -> list[str]:
        """Ask for the second factor where there is one, and for nothing else."""
        return ["allauth.mfa.stages.AuthenticateStage"]

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Leave counting to axes."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Let fresh.py decide which pages ask for the password again."""
        return False

    def add_message(self, *_arguments: Any, **_options: Any) -> None:
        """Say nothing: our pages show what has become of what was done."""

    def get_client_ip(self, request: HttpRequest) -> str:
        return str(caller_of(request) or "")

    def is_ajax(self, request: HttpRequest) -> bool:
        return False

    def is_safe_url(self, url: str) -> bool:
        """Lead to our own pages only."""
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def post_login(self, request: HttpRequest, user: Any, **options: Any) -> HttpResponse:
        """Note when somebody has proved who they are; their allowance to go on is asked for."""
        login = (options.get("signal_kwargs") or {}).get("sociallogin")
        if login is not None:
            application.note_success()
            renewal.remember(request, login.token.token_secret)
            session: Any = request.session
            session.rows().update(proved_at=login.identity.proved_at)
        elif not settings.PASSWORD_LOGIN:
            watch.report_emergency_login(now=timezone.now())
            acts.tell(Act.EMERGENCY_LOGIN, request, about=user)
        response: HttpResponse = super().post_login(request, user, **options)
        return response

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        return refuse(request, Refused("deactivated"))

    def login(self, request: HttpRequest, user: Any) -> None:
        user.backend = settings.AUTHENTICATION_BACKENDS[-1]
        super().login(request, user)
