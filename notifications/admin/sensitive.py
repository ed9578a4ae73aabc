"""The parts of sensitive notifications that are hidden from those who may not read them."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from notifications.models import Notification

HIDDEN = _("(hidden: sensitive)")


def may_see_all(user: Any) -> bool:
    return bool(user.has_perm("notifications.view_sensitive"))


def may_see(user: Any, notification: Notification) -> bool:
    """Say who sees body, subject, headers and attachments; all who see the queue see addresses."""
    return not notification.sensitive or may_see_all(user)


def only_searchable(rows: QuerySet[Notification], user: Any) -> QuerySet[Notification]:
    """Keep the rows that a search may show: a hit would tell what a hidden subject contains."""
    return rows if may_see_all(user) else rows.filter(sensitive=False)
