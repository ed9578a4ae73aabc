"""What the queue says of a notification: its state, why it has not left, what is next."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from notifications.backends.errors import Answer
from notifications.backends.explanations.explain import explain
from notifications.i18n import shown
from notifications.mailbox.connection import Connection
from notifications.models import EmailSettings, Notification
from notifications.models.status import Status
from notifications.queue.holding import hold
from notifications.queue.holding.obstacle import Obstacle
from notifications.queue.overview import QueueStatus
from notifications.queue.waiting import Group
from notifications.templatetags.moments import short


@dataclass(frozen=True, slots=True)
class Situation:
    """What is the same for all notifications: where mail leaves to, from which account, and what
    holds it."""

    cloud: str
    account: str
    holding: list[Obstacle]


@dataclass(frozen=True, slots=True)
class Outlook:
    """`next_step` is what a person can do, "" where it goes by itself. `banner_tells_why`: its
    error is that of a banner, which stands on top of all pages. `can_leave` is False for one that
    nobody can send."""

    state: str
    reason: str = ""
    next_step: str = ""
    next_attempt: str | SafeString = ""
    banner_tells_why: bool = False
    can_leave: bool = True


def situation(status: QueueStatus) -> Situation:
    return Situation(status.cloud, status.account, hold.of_mail(status.obstacles))


def of_one(row: Notification, saved: EmailSettings, *, now: datetime) -> Outlook:
    """Read what holds mail, if it concerns the row."""
    cloud = Connection.of(saved.values()).cloud.key
    account = saved.account.address if saved.account else ""
    holding = hold.read(saved, now=now) if row.status == Status.PENDING else []
    return of(row, Situation(cloud, account, holding), now=now)


def of(row: Notification, situation: Situation, *, now: datetime) -> Outlook:
    reason, next_step = _reason(row, situation, now)
    code = row.error_code or str(row.error_status)
    told = {each.microsoft_code for each in situation.holding if each.on_every_page}
    next_attempt = _next_attempt(row, situation, now)
    can_leave = row.can_leave(situation.cloud, now=now)
    return Outlook(_state(row, now), reason, next_step, next_attempt, code in told, can_leave)


def _state(row: Notification, now: datetime) -> str:
    if _is_scheduled(row, now):
        return str(Group.SCHEDULED.label)
    if row.is_in_doubt(now=now):
        return _("Being looked up")
    return str(Status(row.status).label)


def _is_scheduled(row: Notification, now: datetime) -> bool:
    since = row.retried_at or row.scheduled_for or row.queued_at
    return row.status == Status.PENDING and since > now


def _reason(row: Notification, situation: Situation, now: datetime) -> tuple[str, str]:
    """Say why it has not left, and what to do."""
    if row.status == Status.SENDING:
        return _("It may have been sent.") if row.is_in_doubt(now=now) else "", ""
    if row.status == Status.PENDING:
        return _reason_to_wait(row, situation, now)
    if row.status == Status.UNCONFIRMED:
        next_step = _(
            "Look for it in Sent Items or ask the recipient, then choose Mark as sent or Send "
            "again."
        )
        return shown(row.error, _), next_step
    answer = Answer(row.error_status, row.error_code)
    explained = explain(
        answer,
        from_=row.from_address or situation.account,
        account=situation.account,
        translate=_,
    )
    is_known = bool(row.error_code or row.error_status)
    # Ready commands are on the page of the notification.
    next_step = explained.what_to_do.splitlines()[0] if is_known else ""
    return shown(row.error, _), next_step


def _reason_to_wait(row: Notification, situation: Situation, now: datetime) -> tuple[str, str]:
    if row.cloud != situation.cloud:
        return _("Created for another cloud or in practice mode; it is not sent."), ""
    holding = _holding(row, situation)
    if holding and not _is_scheduled(row, now):
        return holding[0].text, ""
    if row.error:
        return shown(row.error, _), _("It is tried again automatically.")
    return "", ""


def _holding(row: Notification, situation: Situation) -> list[Obstacle]:
    """Return what holds the row back. One that a person told to go passes a pause."""
    return hold.past_pause(situation.holding) if row.past_pause else situation.holding


def _next_attempt(row: Notification, situation: Situation, now: datetime) -> str | SafeString:
    """Tell when it is really tried: not before all that holds it is over."""
    if row.status != Status.PENDING:
        return ""
    if row.cloud != situation.cloud:
        return _("Never")
    return _next_try(row.due_at, _holding(row, situation), now)


def _next_try(due_at: datetime, holding: list[Obstacle], now: datetime) -> str | SafeString:
    if any(each.stops_mail for each in holding):
        if due_at <= now:
            return _("When mail is sent again")
        return format_html(_("{time}, if mail is sent again by then"), time=short(due_at))
    when = max([due_at, *(each.until for each in holding if each.until)])
    if any(each.code == "paused" for each in holding):
        if when <= now:
            return _("After Resume")
        return format_html(_("{time}, after Resume"), time=short(when))
    return short(when) if when > now else _("Now")
