"""The role of a user: one of the three groups that a database begins with, or of their own."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.models import Group, User
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from . import rights

ADMINISTRATOR, OPERATOR, AUDITOR = "Administrator", "Operator", "Auditor"
SUPERUSER, CUSTOM = "superuser", "custom"
BUILT_IN = (ADMINISTRATOR, OPERATOR, AUDITOR)
NAMES: dict[str, Any] = {
    ADMINISTRATOR: _("Administrator"),
    OPERATOR: _("Operator"),
    AUDITOR: _("Auditor"),
    SUPERUSER: _("Superuser"),
    CUSTOM: _("Custom role"),
}
WHAT_THEY_DO: dict[str, Any] = {
    ADMINISTRATOR: _("Everything: settings, users, API keys, and all that an operator does."),
    OPERATOR: _(
        "Looks after the queue: sees it and the log, sends again, deletes, runs E-mail "
        "Notifications, reads sensitive messages. No settings, no users."
    ),
    AUDITOR: _(
        "Sees the queue, the log, settings, users and the audit trail. Changes nothing and reads "
        "no sensitive messages."
    ),
    SUPERUSER: _("Everything, whatever the groups allow. For accounts that must always work."),
    CUSTOM: _("Groups and single rights of your choice."),
}


def role_of(user: User) -> str:
    """Return the role; groups and rights may have been read together with many users."""
    if user.is_superuser:
        return SUPERUSER
    groups = [group.name for group in user.groups.all()]
    if len(groups) == 1 and groups[0] in BUILT_IN and not user.user_permissions.all():
        return groups[0]
    return CUSTOM


def choices_for(actor: Any) -> Iterator[tuple[str, Any]]:
    """Yield the roles that a person may give: none with rights that they lack themselves."""
    names = set(rights.grantable_groups(actor).values_list("name", flat=True))
    for role in (*BUILT_IN, SUPERUSER, CUSTOM):
        if role in names or role == CUSTOM or (role == SUPERUSER and actor.is_superuser):
            yield role, NAMES[role]


def english(role: str) -> str:
    """Return the name of a role as the audit trail keeps it."""
    with translation.override(None):
        return str(NAMES[role]) if role else ""


def groups_of(role: str) -> list[Group]:
    return list(Group.objects.filter(name=role))
