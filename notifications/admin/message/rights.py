"""Who may send a message once more, to whom, and with other words."""

from typing import Any

from notifications.admin.sensitive import may_see
from notifications.models import Notification
from notifications.models.status import Status

RESEND = ("notifications.view_notification", "notifications.add_notification")
REDIRECT = "notifications.redirect_notification"
EDIT = "notifications.edit_notification"
MANAGE = "notifications.change_notification"
# What is on its way may yet arrive: a copy of it would be a second one.
_ON_ITS_WAY = (Status.PENDING, Status.SENDING)


def may_manage(user: Any) -> bool:
    """Say whether they look after the queue: Retry, Cancel and the like."""
    return bool(user.has_perm(MANAGE))


def may_resend(user: Any, row: Notification) -> bool:
    return bool(user.has_perms(RESEND)) and row.status not in _ON_ITS_WAY


def may_redirect(user: Any, row: Notification) -> bool:
    """Say whether they may send it to anybody they like."""
    return may_resend(user, row) and user.has_perm(REDIRECT) and may_see(user, row)


def may_edit(user: Any, row: Notification) -> bool:
    """Say whether they may change what it says. What was handed in by SMTP is sent as it came."""
    is_ours = not row.is_carried
    return is_ours and may_resend(user, row) and user.has_perm(EDIT) and may_see(user, row)
