"""Which pages ask for the password again: those of keys, people and secrets.

Somebody at an unlocked screen, or with a stolen session, shall not make a way in that stays.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from . import kept_form

LASTS = timedelta(minutes=10)
# The names of views, and the right without which they change nothing: whoever lacks it is not
# asked. A page is asked for when it is opened; what is typed until it is too late is kept.
PAGES = {
    "admin:auth_user_add": "auth.add_user",
    "admin:auth_user_change": "auth.change_user",
    "admin:auth_user_delete": "auth.delete_user",
    "admin:auth_user_password_change": "auth.change_user",
    "admin:auth_group_add": "auth.add_group",
    "admin:auth_group_change": "auth.change_group",
    "admin:auth_group_delete": "auth.delete_group",
    "login_rules": "auth.change_user",
    "user_link": "auth.change_user",
    "admin:notifications_apikey_add": "notifications.add_apikey",
    "admin:notifications_apikey_change": "notifications.change_apikey",
    "admin:notifications_smtpclient_add": "notifications.add_smtpclient",
    "admin:notifications_smtpclient_change": "notifications.change_smtpclient",
    "admin:notifications_alarmchannel_add": "notifications.change_emailsettings",
    "admin:notifications_alarmchannel_change": "notifications.change_emailsettings",
    "mfa_activate_totp": "",
    "mfa_deactivate_totp": "",
    "mfa_view_recovery_codes": "",
    "mfa_generate_recovery_codes": "",
}
# Buttons of other pages: asked for when they are pressed.
BUTTONS = {
    "admin:user_activate": "auth.change_user",
    "admin:smtp_client_password": "notifications.change_smtpclient",
    "create_certificate": "notifications.change_emailsettings",
    "create_trace_certificate": "notifications.change_emailsettings",
}
# Lists that anybody may look at, whose one action deletes what is chosen.
LISTS = {
    "admin:auth_user_changelist": "auth.delete_user",
    "admin:auth_group_changelist": "auth.delete_group",
}


def is_fresh(request: HttpRequest) -> bool:
    """Say whether the person has proved lately who they are. A time to come proves nothing."""
    session: Any = request.session
    proved_at = session.proved_at
    return proved_at is not None and abs(timezone.now() - proved_at) < LASTS


def ask(path: str) -> HttpResponse:
    """Lead to the page that asks, and from there to the path."""
    return redirect(f"{reverse('login_again')}?{urlencode({'next': path})}")


class FreshLogin:
    """Middleware: ask whoever wants one of these and has not proved lately who they are."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.is_fresh = lambda: is_fresh(request)  # type: ignore[attr-defined]
        return self._get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        match: Any = request.resolver_match
        right = _right_for(match.view_name, request.method)
        if right is None or not request.user.is_authenticated:
            return None
        if is_fresh(request):
            return kept_form.go_on(request)
        if right and not request.user.has_perm(right):
            return None
        if match.view_name in BUTTONS:
            return ask(urlsplit(request.headers.get("Referer", "")).path or reverse("admin:index"))
        if request.method == "POST" and match.view_name in PAGES:
            return ask(kept_form.keep(request))
        return ask(request.get_full_path())


def _right_for(view: str, method: str | None) -> str | None:
    """Return the right of who is asked, "" for everybody; None where nobody is."""
    of_action = LISTS.get(view) if method == "POST" else None
    return PAGES.get(view, BUTTONS.get(view, of_action))
