"""Which alarms should stand now. It looks and changes nothing."""

from datetime import datetime, timedelta

from notifications.mailbox import credential_expiry
from notifications.mailbox.connection import Connection
from notifications.models import (
    Attempt,
    ConnectionEvent,
    EmailSettings,
    Notification,
    QueueState,
    Worker,
)
from notifications.models.account import MicrosoftAccount
from notifications.models.alarm import AlarmCode
from notifications.models.attempt import Result
from notifications.models.event import SAME_REST, EventKind
from notifications.models.worker import SILENCE
from notifications.queue import obstacles

# Shorter trouble passes by itself and is nobody's business at night.
PATIENCE = timedelta(minutes=15)
LONG_PAUSE = timedelta(days=1)
# With something accepted this recently, the queue is only long.
_FLOWS = timedelta(minutes=5)
FULL = "ErrorQuotaExceeded"
_OF_SENDING = {
    "sign_in_required": AlarmCode.SIGN_IN_REQUIRED,
    "credential_expired": AlarmCode.CREDENTIAL_EXPIRED,
    "blocked": AlarmCode.BLOCKED,
}

# Codes, each with its stage where it has some.
Conditions = dict[AlarmCode, int | None]


def current(*, now: datetime) -> Conditions:
    saved, state = EmailSettings.objects.current(), QueueState.objects.current()
    if state.is_foreign:
        return {AlarmCode.FOREIGN_DATABASE: None}
    if state.is_copy:
        return {AlarmCode.COPY: None}
    return {
        **_of_credential(saved, now),
        **_of_account(saved, state, now),
        **_of_queue(saved, state, now),
    }


def _of_credential(saved: EmailSettings, now: datetime) -> Conditions:
    stage = credential_expiry.stage(
        credential_expiry.days_left(Connection.of(saved.values()).values, now.date())
    )
    return {} if stage is None else {AlarmCode.CREDENTIAL_ENDS: stage}


def _of_account(saved: EmailSettings, state: QueueState, now: datetime) -> Conditions:
    held_by = obstacles.of_sending(saved, state)
    found: Conditions = {}
    if held_by and held_by.code in _OF_SENDING:
        found[_OF_SENDING[held_by.code]] = None
    account = saved.account
    if account and _is_full(account):
        found[AlarmCode.MAILBOX_FULL] = None
    elif account and _is_throttled(account, now):
        found[AlarmCode.THROTTLED] = None
    return found


def _of_queue(saved: EmailSettings, state: QueueState, now: datetime) -> Conditions:
    found: Conditions = {}
    if state.paused_at and now - state.paused_at > LONG_PAUSE:
        found[AlarmCode.PAUSED] = None
    if _is_without_worker(state, now):
        found[AlarmCode.NO_WORKER] = None
    elif not _is_held(saved, state, now) and _is_stuck(saved, now):
        found[AlarmCode.QUEUE_OLD] = None
    return found


def _is_full(account: MicrosoftAccount) -> bool:
    """Until a message has got through after the rest that it caused."""
    if account.rest_code != FULL or account.rests_until is None:
        return False
    return account.last_success_at is None or account.last_success_at < account.rests_until


def _is_throttled(account: MicrosoftAccount, now: datetime) -> bool:
    """A rest that goes on is one event, from its beginning (ConnectionEvent.note_rest)."""
    if account.rests_until is None or account.rests_until <= now - SAME_REST:
        return False
    events = ConnectionEvent.objects.filter(account=account.address, kind=EventKind.THROTTLED)
    rest = events.filter(until__gte=account.rests_until).first()
    return rest is not None and now - rest.at > PATIENCE


def _is_without_worker(state: QueueState, now: datetime) -> bool:
    """A worker that is restarted is gone for a moment; beat's last visit bridges that."""
    if Worker.objects.alive(now=now).exists():
        return False
    return state.beat_seen_at is None or now - state.beat_seen_at > SILENCE


def _is_held(saved: EmailSettings, state: QueueState, now: datetime) -> bool:
    account = saved.account
    if obstacles.of_sending(saved, state) or state.paused_at:
        return True
    if account is None:
        return False
    is_full = account.day_full_until is not None and account.day_full_until > now
    return is_full or account.is_resting(now=now)


def _is_stuck(saved: EmailSettings, now: datetime) -> bool:
    cloud = Connection.of(saved.values()).cloud.key
    due = Notification.objects.due(now=now - PATIENCE).filter(cloud=cloud).order_by()
    if not due.exists():
        return False
    return not Attempt.objects.filter(at__gte=now - _FLOWS, result=Result.ACCEPTED).exists()
