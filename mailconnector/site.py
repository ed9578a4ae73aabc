"""The frame around every page: name, colours and the sidebar, as Unfold wants them."""

from functools import cache
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

# Django's reverse_lazy looks an address up whenever it is used; Unfold asks for these more than a
# hundred times for a page, and they never change.
_address = lazy(cache(reverse), str)


def _may(permission: str) -> Any:
    def allowed(request: HttpRequest) -> bool:
        return bool(request.user.has_perm(permission))

    return allowed


def _holds(link: Any) -> Any:
    """Say whether the page that is shown belongs to a list. A message's page belongs to the queue
    or to the log, whatever its address is, and says to which (admin/message/page.py)."""

    def active(request: HttpRequest) -> bool:
        section = getattr(request, "section", request.path)
        return bool(section.startswith(str(link)))

    return active


_QUEUE = _address("admin:notifications_notification_changelist")
_LOG = _address("admin:notifications_attempt_changelist")

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": _("Mail Connector"),
    "SITE_HEADER": _("Mail Connector"),
    "SITE_SYMBOL": "outgoing_mail",
    "SITE_URL": None,
    "SHOW_HISTORY": True,
    "SHOW_LANGUAGES": True,
    "SHOW_VIEW_ON_SITE": False,
    "BORDER_RADIUS": "6px",
    "ACCOUNT": {
        "navigation": [{"title": _("Your account"), "link": _address("account")}],
    },
    "GLOBAL_CALLBACK": "mailconnector.help.links.frame",
    "DASHBOARD_CALLBACK": "notifications.admin.dashboard.page.dashboard",
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": lambda request: static("mailconnector/icon.svg"),
        },
    ],
    "STYLES": [lambda request: static("mailconnector/pages.css")],
    "SCRIPTS": [
        lambda request: static("mailconnector/pages.js"),
        lambda request: static("mailconnector/still_logged_in.js"),
    ],
    "COLORS": {
        "primary": {
            "50": "oklch(97% .014 254.604)",
            "100": "oklch(93.2% .032 255.585)",
            "200": "oklch(88.2% .059 254.128)",
            "300": "oklch(80.9% .105 251.813)",
            "400": "oklch(70.7% .165 254.624)",
            "500": "oklch(62.3% .214 259.815)",
            "600": "oklch(54.6% .245 262.881)",
            "700": "oklch(48.8% .243 264.376)",
            "800": "oklch(42.4% .199 265.638)",
            "900": "oklch(37.9% .146 265.522)",
            "950": "oklch(28.2% .091 267.935)",
        },
    },
    "TABS": [
        {
            "models": ["notifications.bounce", "notifications.suppression"],
            "items": [
                {
                    "title": _("Bounces"),
                    "link": _address("admin:notifications_bounce_changelist"),
                    "permission": _may("notifications.view_bounce"),
                },
                {
                    "title": _("Suppression list"),
                    "link": _address("admin:notifications_suppression_changelist"),
                    "permission": _may("notifications.view_suppression"),
                },
            ],
        },
    ],
    "SIDEBAR": {
        "show_search": False,
        "navigation": [
            {
                "items": [
                    {
                        "title": _("Dashboard"),
                        "icon": "dashboard",
                        "link": _address("admin:index"),
                    },
                ],
            },
            {
                "title": _("Notifications"),
                "separator": True,
                "items": [
                    {
                        "title": _("E-mail > Settings"),
                        "icon": "settings",
                        "link": _address("email_settings"),
                        "permission": _may("notifications.view_emailsettings"),
                    },
                    {
                        "title": _("E-mail > SMTP"),
                        "icon": "print",
                        "link": _address("admin:smtp_listener"),
                        "active": lambda request: request.path.startswith("/notifications/smtp"),
                        "permission": _may("notifications.view_smtpsettings"),
                    },
                    {
                        "title": _("E-mail Notifications"),
                        "icon": "drafts",
                        "link": _address("admin:notifications_emailtemplate_changelist"),
                        "permission": _may("notifications.view_emailtemplate"),
                    },
                    {
                        "title": _("Notification Queue"),
                        "icon": "outbox",
                        "link": _QUEUE,
                        "active": _holds(_QUEUE),
                        "permission": _may("notifications.view_notification"),
                    },
                    {
                        "title": _("Logs"),
                        "icon": "receipt_long",
                        "link": _LOG,
                        "active": _holds(_LOG),
                        "permission": _may("notifications.view_attempt"),
                    },
                    {
                        "title": _("Bounces"),
                        "icon": "undo",
                        "link": _address("admin:notifications_bounce_changelist"),
                        "permission": _may("notifications.view_bounce"),
                    },
                ],
            },
            {
                "title": _("Administration"),
                "separator": True,
                "items": [
                    {
                        "title": _("Users"),
                        "icon": "person",
                        "link": _address("admin:auth_user_changelist"),
                        "permission": _may("auth.view_user"),
                    },
                    {
                        "title": _("Groups"),
                        "icon": "group",
                        "link": _address("admin:auth_group_changelist"),
                        "permission": _may("auth.view_group"),
                    },
                    {
                        "title": _("Log-in"),
                        "icon": "login",
                        "link": _address("login_rules"),
                        "permission": _may("auth.view_user"),
                    },
                    {
                        "title": _("API keys"),
                        "icon": "key",
                        "link": _address("admin:notifications_apikey_changelist"),
                        "permission": _may("notifications.view_apikey"),
                    },
                    {
                        "title": _("Alarms"),
                        "icon": "notifications_active",
                        "link": _address("admin:notifications_alarmchannel_changelist"),
                        "permission": _may("notifications.view_emailsettings"),
                    },
                    {
                        "title": _("Audit trail"),
                        "icon": "policy",
                        "link": _address("admin:notifications_auditevent_changelist"),
                        "permission": _may("notifications.view_auditevent"),
                    },
                    {
                        "title": _("Settings history"),
                        "icon": "history",
                        "link": _address("admin:notifications_historicalemailsettings_changelist"),
                        "permission": _may("notifications.view_emailsettings"),
                    },
                ],
            },
        ],
    },
}
