"""What the queue says of a notification: its state, why it has not left, what is next."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from notifications.backends.errors import Answer
from notifications.backends.explanations.explain import explain
from notifications.i18n import shown
from notifications.models import Notification
from notifications.models.status import Status
from notifications.queue.obstacles import Obstacle
from notifications.queue.overview import QueueStatus
from notifications.queue.waiting import Group
from notifications.templatetags.moments import short


@dataclass(frozen=True, slots=True)
class Outlook:
    """`next_step` is what a person can do, "" where it goes by itself."""

    state: str
    reason: str = ""
    next_step: str = ""
    next_attempt: str | SafeString = ""


def of(row: Notification, status: QueueStatus, *, now: datetime) -> Outlook:
    reason, next_step = _reason(row, status, now)
    is_scheduled = _is_scheduled(row, now)
    state = str(Group.SCHEDULED.label) if is_scheduled else str(Status(row.status).label)
    return Outlook(state, reason, next_step, _next_attempt(row, status, now))


def _is_scheduled(row: Notification, now: datetime) -> bool:
    since = row.retried_at or row.scheduled_for or row.queued_at
    return row.status == Status.PENDING and since > now


def _reason(row: Notification, status: QueueStatus, now: datetime) -> tuple[str, str]:
    """Say why it has not left, and what to do."""
    if row.status == Status.SENDING:
        return "", ""
    if row.status == Status.PENDING:
        return _reason_to_wait(row, status, now)
    if row.status == Status.UNCONFIRMED:
        next_step = _(
            "Look for it in Sent Items or ask the recipient, then choose Mark as sent or Send "
            "again."
        )
        return shown(row.error, _), next_step
    answer = Answer(row.error_status, row.error_code)
    explained = explain(
        answer,
        from_=row.from_address or status.account,
        account=status.account,
        translate=_,
    )
    is_known = bool(row.error_code or row.error_status)
    # Ready commands are on the page of the notification.
    next_step = explained.what_to_do.splitlines()[0] if is_known else ""
    return shown(row.error, _), next_step


def _reason_to_wait(row: Notification, status: QueueStatus, now: datetime) -> tuple[str, str]:
    if row.cloud != status.cloud:
        return _("Created for another cloud or in practice mode; it is not sent."), ""
    held_by = _held_by(row, status)
    if held_by and not _is_scheduled(row, now):
        return held_by.text, ""
    if row.error:
        return shown(row.error, _), _("It is tried again automatically.")
    return "", ""


def _held_by(row: Notification, status: QueueStatus) -> Obstacle | None:
    """Return what holds the row back. One that a person told to go passes a pause."""
    holding = (
        each
        for each in status.obstacles
        if each.holds_mail and not (each.code == "paused" and row.past_pause)
    )
    return next(holding, None)


def _next_attempt(row: Notification, status: QueueStatus, now: datetime) -> str | SafeString:
    """Tell when it is really tried: not before a pause or a rest is over."""
    if row.status != Status.PENDING:
        return ""
    if row.cloud != status.cloud:
        return _("Never")
    holding = [each for each in status.obstacles if each.holds_mail]
    if any(each.code == "paused" for each in holding) and not row.past_pause:
        if row.due_at <= now:
            return _("After Resume")
        return format_html(_("{time}, after Resume"), time=short(row.due_at))
    if any(each.stops_mail for each in holding):
        return _("When mail is sent again")
    ends = [each.until for each in holding if each.until]
    when = max([row.due_at, *ends])
    return short(when) if when > now else _("Now")
