"""Which chapter of the help explains a page."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from .chapters import FILES

# How the name of a page's view begins, and the chapter with its heading. The longest counts.
CHAPTERS = {
    "": "using-it",
    "admin:index": "using-it#the-dashboard",
    "admin:app_list": "using-it#the-dashboard",
    "email_settings": "connect-microsoft-365#6-sign-in-test-save",
    "leave_practice": "using-it#leaving-practice-mode",
    "registration_script": "connect-microsoft-365#3-register-the-application",
    "certificate": "connect-microsoft-365#5-a-credential",
    "create_certificate": "connect-microsoft-365#5-a-credential",
    "setup_checklist": "connect-microsoft-365#when-it-does-not-work",
    "admin:notifications_notification_": "using-it#the-notification-queue",
    "admin:notification_": "using-it#the-notification-queue",
    "admin:queue_": "using-it#the-notification-queue",
    "admin:notifications_attempt_": "using-it#the-log",
    "admin:log_": "using-it#the-log",
    "admin:notifications_emailtemplate_": "using-it#e-mail-notifications",
    "admin:template_": "using-it#e-mail-notifications",
    "admin:notifications_emaillayout_": "using-it#e-mail-notifications",
    "admin:layout_": "using-it#e-mail-notifications",
    "admin:notifications_suppression_": "delivery#suppression-list",
    "admin:notifications_bounce_": "delivery#read-reports",
    "check_trace": "delivery#set-up-message-trace",
    "admin:notifications_smtp": "smtp",
    "admin:smtp_": "smtp",
    "admin:notifications_alarmchannel_": "alarms",
    "admin:auth_": "using-it#roles",
    "admin:password_change": "using-it#your-account",
    "account": "using-it#your-account",
    "mfa_": "using-it#your-account",
    "user_link": "using-it#roles",
    "login_": "using-it#your-account",
    "set_password": "using-it#your-account",
    "admin:notifications_apikey_": "using-it#api-keys",
    "admin:api_key_": "using-it#api-keys",
    "admin:notifications_callback_": "api#callbacks",
    "admin:notifications_auditevent_": "using-it#audit-trail",
    "admin:audit_": "using-it#audit-trail",
    "admin:notifications_historicalemailsettings_": "using-it#settings-history",
}


def address(view_name: str) -> str:
    """Return the address of the help for the page that this view shows."""
    begins = max((name for name in CHAPTERS if view_name.startswith(name)), key=len)
    chapter, _hash, anchor = CHAPTERS[begins].partition("#")
    url = reverse("help_chapter", args=[chapter])
    return f"{url}#{anchor}" if anchor else url


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return what every page shows besides its own: Unfold's GLOBAL_CALLBACK."""
    match = request.resolver_match
    is_asked = request.user.is_authenticated and bool(FILES)
    return {
        "help_url": address(match.view_name if match else "") if is_asked else "",
        "version": settings.VERSION,
    }
