"""The rights that the product asks for, in the words of its pages. Django has many more, which
open nothing here; they are neither shown nor taken away."""

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

_OURS = "notifications"
# What a right is about, and each right as "codename" with what it lets people do.
AREAS: tuple[tuple[Any, tuple[tuple[str, Any], ...]], ...] = (
    (
        _("Notification Queue"),
        (
            ("view_notification", _("See the queue and its messages")),
            ("view_sensitive", _("Read sensitive messages")),
            ("change_notification", _("Pause, send now, retry, delete, mark as sent")),
            ("add_notification", _("Resend to the original recipients or to oneself")),
            ("redirect_notification", _("Resend to another address")),
            ("edit_notification", _("Edit and send again")),
        ),
    ),
    (
        _("Outgoing Notifications Log"),
        (
            ("view_attempt", _("See and export the log")),
            ("change_retention", _("Change the retention")),
            ("delete_attempt", _("Clear the log")),
            ("erase_address", _("Find and erase an address")),
            ("view_bounce", _("See bounces")),
            ("view_suppression", _("See the suppression list")),
            ("add_suppression", _("Add to the suppression list")),
            ("delete_suppression", _("Remove from the suppression list")),
        ),
    ),
    (
        _("E-mail Notifications"),
        (
            ("view_emailtemplate", _("See E-mail Notifications and layouts")),
            ("run_emailtemplate", _("Run actions, send tests")),
            ("add_emailtemplate", _("Add")),
            ("change_emailtemplate", _("Change")),
            ("delete_emailtemplate", _("Delete")),
        ),
    ),
    (
        _("E-mail > Settings and alarms"),
        (
            ("view_emailsettings", _("See settings, alarms and the settings history")),
            ("change_emailsettings", _("Change settings and alarms, sign in the mailbox")),
        ),
    ),
    (
        _("E-mail > SMTP"),
        (
            ("view_smtpsettings", _("See the listener")),
            ("change_smtpsettings", _("Change the listener")),
            ("view_smtpclient", _("See clients")),
            ("add_smtpclient", _("Add clients")),
            ("change_smtpclient", _("Change clients and their passwords")),
            ("delete_smtpclient", _("Delete clients")),
            ("view_smtpsession", _("See sessions (with “Read sensitive messages”)")),
        ),
    ),
    (
        _("API keys"),
        (
            ("view_apikey", _("See API keys and callbacks")),
            ("add_apikey", _("Create, with rights that they have themselves")),
            ("change_apikey", _("Change and revoke")),
        ),
    ),
    (
        _("Users and groups"),
        (
            ("auth.view_user", _("See users")),
            ("auth.add_user", _("Add users")),
            ("auth.change_user", _("Change users, their roles and passwords")),
            ("auth.delete_user", _("Delete users")),
            ("auth.view_group", _("See groups")),
            ("auth.add_group", _("Add groups")),
            ("auth.change_group", _("Change groups")),
            ("auth.delete_group", _("Delete groups")),
            ("view_auditevent", _("See and export the audit trail")),
        ),
    ),
)


def split(right: str) -> tuple[str, str]:
    """Return the app and the codename of a right of AREAS."""
    app, _dot, codename = right.rpartition(".")
    return app or _OURS, codename


_KNOWN = {split(right) for _area, rights in AREAS for right, _label in rights}


def key_of(permission: Permission) -> tuple[str, str]:
    return permission.content_type.app_label, permission.codename


def is_known(permission: Permission) -> bool:
    return key_of(permission) in _KNOWN


def known() -> QuerySet[Permission]:
    """Return the permissions that AREAS names."""
    wanted = Q()
    for app in {app for app, _codename in _KNOWN}:
        names = [codename for of, codename in _KNOWN if of == app]
        wanted |= Q(content_type__app_label=app, codename__in=names)
    return Permission.objects.filter(wanted).select_related("content_type")
