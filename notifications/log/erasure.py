"""Find and erase an address: in the log, the queue, bodies, bounces, results, suppressions, SMTP
sessions.

A log entry stays, for its figures, without the address. A notification to this address alone goes
with its body; one to others too loses the address where it still waits, and goes where it has left.
Bodies of other messages are not searched for the address.
"""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.contrib.admin.models import LogEntry
from django.db import transaction
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from notifications.audit.record import Actor, Target, record
from notifications.message.addresses import bare_address
from notifications.models import (
    Attempt,
    Bounce,
    ConnectionEvent,
    DeliveryFact,
    DeliveryWatch,
    Notification,
    SmtpSession,
    Suppression,
)
from notifications.models.audit.act import Act
from notifications.models.event import EventKind
from notifications.models.status import IN_QUEUE, Status

from . import delivery, search
from .pages import Cursor
from .query import LogQuery

ERASED = "(erased)"
# So many entries are counted for the question; erasing goes on to the end.
MOST_COUNTED = 1000
_PIECE = 200
_TURN = 20.0  # seconds
_LOG = Target.all_of(Attempt)
_TEXTS = ("recipients", "from_address", "subject", "error", "message", "note")


@dataclass(frozen=True, slots=True)
class Found:
    """How much there is of an address; `is_more` where entries were not counted to the end."""

    entries: int = 0
    notifications: int = 0
    bounces: int = 0
    suppressions: int = 0
    sessions: int = 0
    is_more: bool = False

    @property
    def is_any(self) -> bool:
        return any(
            (self.entries, self.notifications, self.bounces, self.suppressions, self.sessions)
        )


def find(address: str) -> Found:
    """Count what there is. `address` is bare and in lower case."""
    entries = 0
    for piece in _entries(address):
        entries += len(piece)
        if entries >= MOST_COUNTED:
            break
    return Found(
        entries=entries,
        notifications=sum(map(len, _notification_pieces(address))),
        bounces=Bounce.objects.filter(address=address).count(),
        suppressions=Suppression.objects.filter(address=address).count(),
        sessions=sum(1 for _session in _sessions(address)),
        is_more=entries >= MOST_COUNTED,
    )


def erase(address: str, *, by: Actor, now: datetime, turn: float = _TURN) -> bool:
    """Erase for one turn; False where another is needed. It is kept who did it, and not whom: with
    the first piece, which is gone whatever becomes of the turn, and at the end."""
    deadline = time.monotonic() + turn
    for number, erase_piece in enumerate(_pieces(address)):
        with transaction.atomic():
            erase_piece()
            if number == 0:
                record(Act.ERASED, by, _LOG, is_complete=False)
        if time.monotonic() > deadline:
            return False
    with transaction.atomic():
        Bounce.objects.filter(address=address).delete()
        Suppression.objects.filter(address=address).delete()
        # Django's history of the pages names a suppression by its address.
        LogEntry.objects.filter(object_repr=address).delete()
        for session in _sessions(address):
            session.save(update_fields=["lines"])
        ConnectionEvent.objects.create(kind=EventKind.ADDRESS_ERASED, at=now, who=by.who)
        record(Act.ERASED, by, _LOG, is_complete=True)
    return True


def _pieces(address: str) -> Iterator[Callable[[], None]]:
    """Yield what erases a piece of what there may be very much of."""
    for entries in _entries(address):
        yield partial(_erase_entries, entries, address)
    for pks in _notification_pieces(address):
        yield partial(_erase_notifications, pks, address)


def _entries(address: str) -> Iterator[list[Attempt]]:
    """Yield the entries that have the address, in pieces, newest first."""
    query, start = LogQuery(text=address), Q()
    while True:
        if search.is_needed(query):
            rows = search.nearest(query, limit=_PIECE, forward=False, start=start)
        else:
            rows = list(query.entries().filter(start).order_by("-at", "-pk")[:_PIECE])
        if not rows:
            return
        # A search finds longer addresses with the same beginning, too.
        pks = [row.pk for row in rows]
        found = [row for row in Attempt.objects.filter(pk__in=pks) if _has(row, address)]
        if found:
            yield found
        start = Cursor.of(rows[-1]).beyond(Attempt, forward=False)


def _has(entry: Attempt, address: str) -> bool:
    return any(_pattern(address).search(getattr(entry, name)) for name in _TEXTS)


def _pattern(address: str) -> "re.Pattern[str]":
    """Match the address itself, and no longer one that it is a part of."""
    return re.compile(rf"(?<![\w.+-]){re.escape(address)}(?![\w-]|\.\w)", re.IGNORECASE)


def _erase_entries(entries: list[Attempt], address: str) -> None:
    pattern, pks = _pattern(address), [entry.pk for entry in entries]
    notifications = [entry.notification_id for entry in entries if entry.notification_id]
    _erase_notifications(notifications, address)
    # Whoever writes what became of them waits from here on, or has written it already. Their
    # texts are read again: somebody may be erasing another address.
    locked = list(Attempt.objects.select_for_update().filter(pk__in=pks).order_by("pk"))
    DeliveryFact.objects.filter(entry__in=pks, recipient=address).delete()
    _erase_watches(pks, address)
    for entry in locked:
        for name in _TEXTS:
            setattr(entry, name, pattern.sub(ERASED, getattr(entry, name)))
        # The words of the search are made anew.
        entry.save(update_fields=[*_TEXTS, "search"])
    delivery.sum_up(pks)


def _erase_watches(entries: list[int], address: str) -> None:
    """Ask about the other recipients alone."""
    pattern, watches = _pattern(address), DeliveryWatch.objects.filter(entry__in=entries)
    found = list(watches)
    for watch in found:
        watch.recipients = [each for each in watch.recipients if each != address]
        watch.subject = pattern.sub(ERASED, watch.subject)
    DeliveryWatch.objects.bulk_update(found, ["recipients", "subject"])
    watches.filter(recipients=[]).delete()


def _sessions(address: str) -> Iterator[SmtpSession]:
    """Yield the SMTP sessions that name the address, with lines that do not. Few are kept."""
    pattern = _pattern(address)
    for session in SmtpSession.objects.order_by("pk").iterator(chunk_size=_PIECE):
        lines = [[at, side, pattern.sub(ERASED, text)] for at, side, text in session.lines]
        if lines != session.lines:
            session.lines = lines
            yield session


def _notification_pieces(address: str) -> Iterator[list[int]]:
    """Yield the numbers of the notifications that name the address, in pieces. One that was sent
    may have lost its log entry, and still has its body."""
    last = 0
    rows = _notifications(address).order_by("pk").values_list("pk", "to", "cc", "bcc")
    while piece := list(rows.filter(pk__gt=last)[:_PIECE]):
        last = piece[-1][0]
        # The database finds longer addresses with the same end, too.
        if found := [pk for pk, *lists in piece if _names(address, *lists)]:
            yield found


def _names(address: str, *lists: list[str]) -> bool:
    return any(bare_address(each).lower() == address for some in lists for each in some)


def _erase_notifications(pks: list[int], address: str) -> None:
    rows = Notification.objects.filter(pk__in=pks).exclude(status=Status.SENDING)
    for row in rows.defer("text", "html").select_for_update(of=("self",)):
        _erase_notification(row, address)


def _erase_notification(row: Notification, address: str) -> None:
    lists = {
        name: [each for each in getattr(row, name) if bare_address(each).lower() != address]
        for name in ("to", "cc", "bcc", "reply_to")
    }
    others = lists["to"] or lists["cc"] or lists["bcc"]
    if others and row.status in IN_QUEUE:
        error = _pattern(address).sub(ERASED, row.error)
        Notification.objects.filter(pk=row.pk).update(**lists, error=error)
    elif len(lists["to"] + lists["cc"] + lists["bcc"]) < len(row.recipients):
        Notification.objects.filter(pk=row.pk).delete()


def _notifications(address: str) -> QuerySet[Notification]:
    """The rows that name the address, waiting or sent."""
    rows = Notification.objects.exclude(status=Status.SENDING)
    texts = {f"{name}_text": Cast(name, TextField()) for name in ("to", "cc", "bcc")}
    wanted = Q()
    for name in texts:
        wanted |= Q(**{f"{name}__icontains": address})
    found: QuerySet[Notification] = rows.annotate(**texts).filter(wanted)
    return found
