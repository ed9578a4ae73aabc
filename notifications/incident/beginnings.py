"""Since when an obstacle stands: as it knows itself, or as the log's time line tells."""

from collections.abc import Sequence
from datetime import datetime

from notifications.models import ConnectionEvent, EmailSettings
from notifications.models.event import EventKind
from notifications.queue.obstacles import Obstacle

_LOOKED_AT = 50  # of the newest events
_LOST, _RESTORED = EventKind.SIGN_IN_LOST, EventKind.SIGN_IN_RESTORED
_RESTS = (EventKind.THROTTLED, EventKind.RESTED)
# Those of a Save have no event of their own.
_OF_SETTINGS = frozenset({"no_service", "not_signed_in", "other_cloud"})


def since(obstacles: Sequence[Obstacle], saved: EmailSettings) -> dict[str, datetime]:
    """Return when each began, by its code, where that is known. It costs at most one query."""
    known = {each.code: each.since for each in obstacles if each.since}
    asked = [each for each in obstacles if not each.since and each.holds_mail]
    if not asked:
        return known
    events = list(ConnectionEvent.objects.all()[:_LOOKED_AT])
    account = saved.account.address if saved.account else ""
    mine = [event for event in events if event.account == account]
    for each in asked:
        found = _of_settings(events) if each.code in _OF_SETTINGS else _of_account(each, mine)
        if found:
            known[each.code] = found
    return known


def _of_settings(events: Sequence[ConnectionEvent]) -> datetime | None:
    saves = (event.at for event in events if event.kind == EventKind.SETTINGS_SAVED)
    return next(saves, None)


def _of_account(obstacle: Obstacle, events: Sequence[ConnectionEvent]) -> datetime | None:
    """`events` are the account's, newest first."""
    if obstacle.is_of_account:
        return _of_lost_sign_in(events)
    if obstacle.until is None:
        return None
    return next((event.at for event in events if event.kind in _RESTS), None)


def _of_lost_sign_in(events: Sequence[ConnectionEvent]) -> datetime | None:
    """Return the first loss after the account last worked: its cause may have changed since."""
    first = None
    for event in events:
        if event.kind == _RESTORED:
            break
        if event.kind == _LOST:
            first = event.at
    return first
