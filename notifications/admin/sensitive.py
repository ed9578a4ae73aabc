"""The parts of sensitive notifications that are hidden from those who may not read them. Whoever
reads or downloads them is named in the audit trail."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from notifications.audit.actors import person
from notifications.audit.record import record
from notifications.models import Attachment, Notification
from notifications.models.audit.act import Act

HIDDEN = _("(hidden: sensitive)")


def may_see_all(user: Any) -> bool:
    return bool(user.has_perm("notifications.view_sensitive"))


def may_see(user: Any, notification: Notification) -> bool:
    """Say who sees body, subject, headers and attachments; all who see the queue see addresses."""
    return not notification.sensitive or may_see_all(user)


def only_searchable(rows: QuerySet[Notification], user: Any) -> QuerySet[Notification]:
    """Keep the rows that a search may show: a hit would tell what a hidden subject contains."""
    return rows if may_see_all(user) else rows.filter(sensitive=False)


def tell_reading(request: HttpRequest, notification: Notification, part: str) -> None:
    """Record that a page has shown what a sensitive message says; of others nothing is told."""
    if notification.sensitive and may_see(request.user, notification):
        record(Act.READ, person(request), messages=[notification.pk], part=part)


def tell_download(
    request: HttpRequest, notification: Notification, attachment: Attachment | None = None
) -> None:
    """Record that a sensitive message was downloaded, or one of its attachments: by its number, for
    its name is a part of what is sensitive."""
    if notification.sensitive:
        which: dict[str, Any] = {"attachment": attachment.pk} if attachment else {}
        record(Act.DOWNLOADED, person(request), messages=[notification.pk], **which)
