"""Who has a second factor, and who has to set one up before anything else."""

from collections.abc import Callable
from typing import Any, cast

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

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


def is_asked_for(request: HttpRequest) -> bool:
    """Say whether the rules want one of this person, who has none. Whoever may change users can
    give themselves what they like, whatever their role is called."""
    session, user = cast(Any, request.session), cast(Any, request.user)
    return (
        session.is_second_factor_required
        and user.has_usable_password()
        and user.has_perm("auth.change_user")
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
        return redirect("mfa_activate_totp") if is_asked_for(request) else None
