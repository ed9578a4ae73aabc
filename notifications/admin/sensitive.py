"""What is hidden of sensitive notifications from those who may not read them."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from notifications.models import Notification

HIDDEN = _("(hidden: sensitive)")


def may_see_all(user: Any) -> bool:
    return bool(user.has_perm("notifications.view_sensitive"))


def may_see(user: Any, notification: Notification) -> bool:
    """Body, subject, headers and attachments; the addresses are for all who see the queue."""
    return not notification.sensitive or may_see_all(user)


def only_searchable(rows: QuerySet[Notification], user: Any) -> QuerySet[Notification]:
    """Of the rows that a search has found: a hit would tell what the subject has in it."""
    return rows if may_see_all(user) else rows.filter(sensitive=False)
