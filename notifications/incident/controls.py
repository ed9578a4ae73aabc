"""Where each obstacle is mended: the page, the place on it, and who may open it."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from notifications.queue.holding.obstacles import Obstacle, Place


@dataclass(frozen=True, slots=True)
class Control:
    """A link that leads to a control."""

    url: str
    label: str


@dataclass(frozen=True, slots=True)
class _Target:
    """`name` is that of the page's URL, `anchor` the element on it."""

    name: str
    anchor: str
    label: str
    permission: str


_SETTINGS = "notifications.view_emailsettings"
_TARGETS = {
    Place.SERVICE: _Target("email_settings", "id_service", _("Choose e-mail service"), _SETTINGS),
    Place.API: _Target("email_settings", "api", _("Choose MS Graph"), _SETTINGS),
    Place.APPLICATION: _Target(
        "email_settings", "application", _("Check the application"), _SETTINGS
    ),
    Place.CREDENTIAL: _Target(
        "email_settings", "id_client_secret", _("Enter new secret"), _SETTINGS
    ),
    Place.ACCOUNT: _Target("email_settings", "account", _("Sign in"), _SETTINGS),
    Place.DELIVERY: _Target(
        "email_settings", "id_recipients_a_day", _("Change the limit"), _SETTINGS
    ),
    Place.QUEUE: _Target(
        "admin:notifications_notification_changelist",
        "queue-status",
        _("Open Notification Queue"),
        "notifications.view_notification",
    ),
    Place.CHECKLIST: _Target("setup_checklist", "", _("Open setup checklist"), _SETTINGS),
    Place.ALARMS: _Target(
        "admin:notifications_alarmchannel_changelist",
        "",
        _("Open Alarms"),
        _SETTINGS,
    ),
    Place.SMTP: _Target(
        "admin:smtp_listener", "", _("Open SMTP listener"), "notifications.view_smtpsettings"
    ),
}


def control_of(obstacle: Obstacle, user: Any) -> Control | None:
    """Return the link to where the obstacle is mended; None for people who may not open it."""
    target = _TARGETS[obstacle.place]
    if not user.has_perm(target.permission):
        return None
    anchor = f"#{target.anchor}" if target.anchor else ""
    return Control(reverse(target.name) + anchor, gettext(obstacle.button or target.label))
