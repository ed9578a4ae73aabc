"""Which alarms should stand now. It looks and changes nothing, but logs what stands still."""

import logging
from datetime import datetime, timedelta

from notifications.mailbox import credential_expiry
from notifications.mailbox.connection import Connection
from notifications.models import (
    Attempt,
    ConnectionEvent,
    EmailSettings,
    Notification,
    QueueState,
)
from notifications.models.account import MicrosoftAccount
from notifications.models.alarm import AlarmCode
from notifications.models.attempt import Result
from notifications.models.event import SAME_REST, EventKind
from notifications.models.worker import SILENCE
from notifications.queue import obstacles
from notifications.queue.obstacles import Obstacle

logger = logging.getLogger(__name__)

# Shorter trouble passes by itself and is nobody's business at night.
PATIENCE = timedelta(minutes=15)
LONG_PAUSE = timedelta(days=1)
# With something accepted this recently, the queue is only long.
_FLOWS = timedelta(minutes=5)
FULL = "ErrorQuotaExceeded"
# While one of these stands nothing else is known: mail is another installation's business.
ELSEWHERE = frozenset([AlarmCode.FOREIGN_DATABASE, AlarmCode.COPY])
# The obstacles of the same code that are told as soon as they stand.
_AT_ONCE = ELSEWHERE | {
    AlarmCode.SIGN_IN_REQUIRED,
    AlarmCode.CREDENTIAL_EXPIRED,
    AlarmCode.BLOCKED,
}

# Codes, each with its stage where it has some.
Conditions = dict[AlarmCode, int | None]


def current(*, now: datetime) -> Conditions:
    """Return the alarms that should stand."""
    saved, state = EmailSettings.objects.current(), QueueState.objects.current()
    on_the_way = obstacles.on_the_way(saved, state, now=now)
    found: Conditions = {code: None for code in _AT_ONCE if code in _codes(on_the_way)}
    if found.keys() & ELSEWHERE:
        return found
    return {
        **found,
        **_of_credential(saved, now),
        **_of_account(saved, now),
        **_of_queue(saved, state, on_the_way, now=now),
    }


def _codes(found: list[Obstacle]) -> set[str]:
    return {each.code for each in found}


def _of_credential(saved: EmailSettings, now: datetime) -> Conditions:
    stage = credential_expiry.stage(
        credential_expiry.days_left(Connection.of(saved.values()).values, now.date())
    )
    return {} if stage is None else {AlarmCode.CREDENTIAL_ENDS: stage}


def _of_account(saved: EmailSettings, now: datetime) -> Conditions:
    account = saved.account
    if account and _is_full(account):
        return {AlarmCode.MAILBOX_FULL: None}
    if account and _is_throttled(account, now):
        return {AlarmCode.THROTTLED: None}
    return {}


def _of_queue(
    saved: EmailSettings, state: QueueState, on_the_way: list[Obstacle], *, now: datetime
) -> Conditions:
    found: Conditions = {}
    if state.paused_at and now - state.paused_at > LONG_PAUSE:
        found[AlarmCode.PAUSED] = None
    if AlarmCode.NO_WORKER in _codes(on_the_way) and _is_beat_silent(state, now):
        found[AlarmCode.NO_WORKER] = None
    elif stands := obstacles.of_progress(saved, state, on_the_way, now=now):
        owner = saved.account.lane_owner if saved.account else ""
        logger.error("%s Lane: %s", stands.text, owner or "free")
        found[AlarmCode.NO_PROGRESS] = None
    elif not obstacles.is_held(on_the_way) and _is_stuck(saved, now):
        found[AlarmCode.QUEUE_OLD] = None
    return found


def _is_full(account: MicrosoftAccount) -> bool:
    """A mailbox counts as full until a message has got through after the rest that it caused."""
    if account.rest_code != FULL or account.rests_until is None:
        return False
    return account.last_success_at is None or account.last_success_at < account.rests_until


def _is_throttled(account: MicrosoftAccount, now: datetime) -> bool:
    """Say whether the mailbox has rested for long: a rest that goes on is one event, from its
    beginning (ConnectionEvent.note_rest)."""
    if account.rests_until is None or account.rests_until <= now - SAME_REST:
        return False
    events = ConnectionEvent.objects.filter(account=account.address, kind=EventKind.THROTTLED)
    rest = events.filter(until__gte=account.rests_until).first()
    return rest is not None and now - rest.at > PATIENCE


def _is_beat_silent(state: QueueState, now: datetime) -> bool:
    """Say whether beat's last visit to a worker is long ago. A worker that is restarted is gone
    for a moment, which is no alarm."""
    return state.beat_seen_at is None or now - state.beat_seen_at > SILENCE


def _is_stuck(saved: EmailSettings, now: datetime) -> bool:
    cloud = Connection.of(saved.values()).cloud.key
    due = Notification.objects.due(now=now - PATIENCE).filter(cloud=cloud).order_by()
    if not due.exists():
        return False
    return not Attempt.objects.filter(at__gte=now - _FLOWS, result=Result.ACCEPTED).exists()
