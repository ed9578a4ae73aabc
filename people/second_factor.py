"""Who has a second factor, and who has to set one up before anything else."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from .models import LoginRules

ADMINISTRATOR = "Administrator"
# The pages that set it up, and the ways out.
_OPEN = frozenset(
    {
        "mfa_activate_totp",
        "mfa_view_recovery_codes",
        "login_again",
        "account_logout",
        "admin:jsi18n",
        "set_language",
    }
)


def is_set_up(user: Any) -> bool:
    return Authenticator.objects.filter(user=user.pk, type=Authenticator.Type.TOTP).exists()


def recovery_codes_left(user: Any) -> int:
    codes = Authenticator.objects.filter(user=user.pk, type=Authenticator.Type.RECOVERY_CODES)
    return sum(len(each.wrap().get_unused_codes()) for each in codes)


def reset(user: User) -> bool:
    """Take it away, with the recovery codes; False if there was none."""
    deleted, _of_each = Authenticator.objects.filter(user=user).delete()
    return bool(deleted)


def is_asked_for(user: Any) -> bool:
    """Say whether the rules want one of this person, who has none."""
    return (
        bool(user.has_usable_password())
        and LoginRules.objects.current().second_factor_required
        and (user.is_superuser or user.groups.filter(name=ADMINISTRATOR).exists())
        and not is_set_up(user)
    )


class SecondFactorFirst:
    """Middleware: lead an administrator without a second factor to the page that sets it up, where
    the rules want one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        match = request.resolver_match
        if not request.user.is_authenticated or (match and match.view_name in _OPEN):
            return None
        return redirect("mfa_activate_totp") if is_asked_for(request.user) else None
