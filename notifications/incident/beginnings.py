"""Since when an obstacle stands: as it knows itself, or as the log's time line tells."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.apps import apps

from notifications.models import ConnectionEvent, EmailSettings
from notifications.models.event import EventKind
from notifications.models.settings import Service
from notifications.queue.holding.obstacles import Obstacle

_LOOKED_AT = 50  # of the newest events
_LOST, _RESTORED = EventKind.SIGN_IN_LOST, EventKind.SIGN_IN_RESTORED
_RESTS = (EventKind.THROTTLED, EventKind.RESTED)
# Those of a Save, by what it has made of the settings.
_OF_SETTINGS: dict[str, Callable[[Any], bool]] = {
    "no_service": lambda saved: saved.service == Service.NONE,
    "not_signed_in": lambda saved: saved.account_id is None,
}


def since(obstacles: Sequence[Obstacle], saved: EmailSettings) -> dict[str, datetime]:
    """Return when each began, by its code, where that is known. It costs at most a query for what a
    Save began, and one for all others."""
    known = {each.code: each.since for each in obstacles if each.since}
    asked = [each for each in obstacles if not each.since and each.holds_mail]
    of_account = [each for each in asked if each.code not in _OF_SETTINGS]
    events = _events_of(saved.account.address if saved.account else "") if of_account else []
    for each in asked:
        is_so = _OF_SETTINGS.get(each.code)
        found = _of_save(is_so) if is_so else _of_account(each, events)
        if found:
            known[each.code] = found
    return known


def _events_of(account: str) -> list[ConnectionEvent]:
    newest = ConnectionEvent.objects.all()[:_LOOKED_AT]
    return [event for event in newest if event.account == account]


def _of_save(is_so: Callable[[Any], bool]) -> datetime | None:
    """Return the first Save since which it is so without a break."""
    history: Any = apps.get_model("notifications", "HistoricalEmailSettings").objects
    began = None
    saves = history.order_by("-history_date", "-history_id")
    for saved in saves.only("history_date", "service", "account")[:_LOOKED_AT]:
        if not is_so(saved):
            break
        began = saved.history_date
    return began


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
