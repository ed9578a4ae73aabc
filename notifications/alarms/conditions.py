"""Which alarms should stand now. It looks and changes nothing."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext

from notifications.mailbox import credential_expiry
from notifications.mailbox.connection import Connection
from notifications.models import (
    Alarm,
    AlarmChannel,
    ConnectionEvent,
    EmailSettings,
    Notification,
    QueueState,
)
from notifications.models.account import MicrosoftAccount
from notifications.models.alarms.alarm import AlarmCode
from notifications.models.event import SAME_REST, EventKind
from notifications.models.worker import SILENCE
from notifications.queue import waiting
from notifications.queue.holding import deferrals, obstacles, progress
from notifications.queue.holding.obstacles import Obstacle, Place

from . import delivery_conditions, events, login_conditions, smtp_conditions

# Shorter trouble passes by itself and is nobody's business at night.
PATIENCE = timedelta(minutes=15)
LONG_PAUSE = timedelta(days=1)
# While one of these stands nothing else is known: mail is another installation's business.
ELSEWHERE = frozenset([AlarmCode.FOREIGN_DATABASE, AlarmCode.COPY])
# The obstacles of the same code that are told as soon as they stand.
_AT_ONCE = ELSEWHERE | {
    AlarmCode.SIGN_IN_REQUIRED,
    AlarmCode.CREDENTIAL_EXPIRED,
    AlarmCode.CREDENTIAL_REFUSED,
    AlarmCode.BLOCKED,
    AlarmCode.NO_SERVICE,
    AlarmCode.NOT_SIGNED_IN,
    AlarmCode.OTHER_CLOUD,
    AlarmCode.CLOUD_NOT_NAMED,
    AlarmCode.MAILBOX_FULL,
    AlarmCode.SENDER_BLOCKED,
}


@dataclass(frozen=True, slots=True)
class Condition:
    """Why an alarm stands: its stage where it has some, the obstacle where that says the cause."""

    stage: int | None = None
    obstacle: Obstacle | None = None


Conditions = dict[AlarmCode, Condition]


def current(standing: Collection[Alarm], *, now: datetime) -> Conditions:
    """Return the alarms that should stand. Of those that do, some are raised by pages and go on for
    their time."""
    saved, state = EmailSettings.objects.current(), QueueState.objects.current()
    on_the_way = obstacles.on_the_way(saved, state, now=now)
    found = {
        AlarmCode(each.code): Condition(obstacle=each)
        for each in on_the_way
        if each.code in _AT_ONCE and each.on_every_page
    }
    if found.keys() & ELSEWHERE:
        return found
    return {
        **found,
        **_of_credential(saved, now),
        **_of_rests(saved.account, on_the_way, now),
        **_of_queue(saved, state, on_the_way, now=now),
        **{code: Condition() for code in delivery_conditions.current(saved, now=now)},
        **_of_channels(now),
        **_of_smtp(now),
        **{code: Condition() for code in login_conditions.current(standing, now=now)},
    }


def _of_credential(saved: EmailSettings, now: datetime) -> Conditions:
    stage = credential_expiry.stage(
        credential_expiry.days_left(Connection.of(saved.values()).values, now.date())
    )
    return {} if stage is None else {AlarmCode.CREDENTIAL_ENDS: Condition(stage)}


def _of_rests(
    account: MicrosoftAccount | None, on_the_way: list[Obstacle], now: datetime
) -> Conditions:
    """Name a rest that has lasted for long, unless a person has been told already what to end."""
    codes = {each.code: each for each in on_the_way}
    if account is None or codes.keys() & {AlarmCode.MAILBOX_FULL, AlarmCode.SENDER_BLOCKED}:
        return {}
    if _has_rested(account, EventKind.THROTTLED, now):
        return {AlarmCode.THROTTLED: Condition()}
    if _has_rested(account, EventKind.RESTED, now):
        return {AlarmCode.UNREACHABLE: Condition(obstacle=codes.get(AlarmCode.UNREACHABLE))}
    return {}


def _of_queue(
    saved: EmailSettings, state: QueueState, on_the_way: list[Obstacle], *, now: datetime
) -> Conditions:
    found: Conditions = {}
    if state.paused_at and now - state.paused_at > LONG_PAUSE:
        found[AlarmCode.PAUSED] = Condition()
    no_worker = any(each.code == AlarmCode.NO_WORKER for each in on_the_way)
    if no_worker and _is_beat_silent(state, now):
        found[AlarmCode.NO_WORKER] = Condition()
    elif progress.is_anything_late(now=now):
        found |= _of_late(saved, state, on_the_way, now=now)
    return found


def _of_late(
    saved: EmailSettings, state: QueueState, on_the_way: list[Obstacle], *, now: datetime
) -> Conditions:
    """Say that mail waits for long although nothing holds it."""
    if stands := obstacles.of_progress(saved, state, on_the_way, now=now):
        return {AlarmCode.NO_PROGRESS: Condition(obstacle=stands)}
    if obstacles.is_held(on_the_way):
        return {}
    waits = waiting.read(Connection.of(saved.values()).cloud.key, now=now)
    cause = deferrals.obstacle(waits, now=now)
    if _is_stuck(saved, now):
        return {AlarmCode.QUEUE_OLD: Condition(obstacle=cause)}
    if cause and cause.since and now - cause.since > PATIENCE:
        return {AlarmCode.UNREACHABLE: Condition(obstacle=cause)}
    return {}


def _of_smtp(now: datetime) -> Conditions:
    found = smtp_conditions.current(now=now).items()
    return {
        code: Condition(cause.stage(now), cause.obstacle(now)) if cause else Condition()
        for code, cause in found
    }


def _of_channels(now: datetime) -> Conditions:
    """Name the channels by which alarms have not arrived for long."""
    failing = AlarmChannel.objects.in_use().filter(failing_since__lt=now - PATIENCE)
    names = ", ".join(failing.values_list("name", flat=True))
    if not names:
        return {}
    obstacle = Obstacle(
        AlarmCode.CHANNEL_FAILS,
        gettext("Alarms are not delivered by %(names)s.") % {"names": names},
        gettext(events.WHAT_TO_DO[AlarmCode.CHANNEL_FAILS]),
        Place.ALARMS,
    )
    return {AlarmCode.CHANNEL_FAILS: Condition(obstacle=obstacle)}


def _has_rested(account: MicrosoftAccount, kind: EventKind, now: datetime) -> bool:
    """Say whether the mailbox has rested for long: a rest that goes on is one event, from its
    beginning (ConnectionEvent.note_rest)."""
    if account.rests_until is None or account.rests_until <= now - SAME_REST:
        return False
    events = ConnectionEvent.objects.filter(account=account.address, kind=kind)
    rest = events.filter(until__gte=account.rests_until).first()
    return rest is not None and now - rest.at > PATIENCE


def _is_beat_silent(state: QueueState, now: datetime) -> bool:
    """Say whether beat's last visit to a worker is long ago. A worker that is restarted is gone
    for a moment, which is no alarm."""
    return state.beat_seen_at is None or now - state.beat_seen_at > SILENCE


def _is_stuck(saved: EmailSettings, now: datetime) -> bool:
    cloud = Connection.of(saved.values()).cloud.key
    due = Notification.objects.due(now=now - PATIENCE).filter(cloud=cloud).order_by()
    return due.exists() and not waiting.flows(now=now)
