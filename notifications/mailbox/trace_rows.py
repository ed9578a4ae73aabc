"""Find the messages that rows of the message trace are about."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from notifications.log.delivery import Said
from notifications.models import Attempt, DeliveryWatch
from notifications.models.delivery.state import DeliverySource, DeliveryState

if TYPE_CHECKING:
    from notifications.backends.microsoft.graph.trace import TraceRow

# Clocks differ, and the trace names the moment of transport, not of acceptance.
SKEW = timedelta(minutes=5)
_STATES = {
    "delivered": DeliveryState.DELIVERED,
    "expanded": DeliveryState.EXPANDED,
    "failed": DeliveryState.FAILED,
    "quarantined": DeliveryState.QUARANTINED,
    "filteredAsSpam": DeliveryState.SPAM,
    "recalled": DeliveryState.RECALLED,
}
_CHUNK = 500


def matched(sender: str, rows: Iterable["TraceRow"]) -> dict[int, list[Said]]:
    """Find the watched messages of the rows: by Message-ID, else by what else they have."""
    found: dict[int, list[Said]] = defaultdict(list)
    others = []
    rows = [row for row in rows if row.sender == sender]
    known = _watches_by_id({row.message_id for row in rows})
    for row in rows:
        watch = known.get(row.message_id)
        if watch is None:
            others.append(row)
        elif row.recipient in watch.recipients:
            found[watch.pk].append(said(row))
    taken = set(found)
    for pk, probable in _probable(sender, _of_no_known_message(others)).items():
        if pk not in taken:
            found[pk] += probable
    return found


def _watches_by_id(ids: set[str]) -> dict[str, DeliveryWatch]:
    listed, found = sorted(ids), {}
    for start in range(0, len(listed), _CHUNK):
        some = listed[start : start + _CHUNK]
        for watch in DeliveryWatch.objects.filter(message_id__in=some):
            found[watch.message_id] = watch
    return found


def _of_no_known_message(rows: list["TraceRow"]) -> list["TraceRow"]:
    """Leave out the rows of messages that the log knows: one that has its result is not watched any
    more, and its row says nothing of the next that is like it."""
    listed = sorted({row.message_id for row in rows} - {""})
    known: set[str] = set()
    for start in range(0, len(listed), _CHUNK):
        some = Attempt.objects.filter(message_id__in=listed[start : start + _CHUNK])
        known.update(some.values_list("message_id", flat=True))
    return [row for row in rows if row.message_id not in known]


def _probable(sender: str, rows: list["TraceRow"]) -> dict[int, list[Said]]:
    """Match rows whose Message-ID is none of ours by recipient, subject and time, where exactly one
    row fits exactly one message."""
    if not rows:
        return {}
    pairs: list[tuple[TraceRow, DeliveryWatch]] = []
    begin = min(row.received_at for row in rows) - SKEW
    until = max(row.received_at for row in rows) + SKEW
    open_ = list(
        DeliveryWatch.objects.filter(sender=sender, accepted_at__gte=begin, accepted_at__lte=until)[
            :5000
        ]
    )
    by_subject: dict[str, list[DeliveryWatch]] = defaultdict(list)
    for watch in open_:
        by_subject[watch.subject].append(watch)
    for row in rows:
        for watch in by_subject.get(row.subject, ()):
            is_near = abs(row.received_at - watch.accepted_at) <= SKEW
            if is_near and row.recipient in watch.recipients:
                pairs.append((row, watch))
    return _one_to_one(pairs)


def _one_to_one(pairs: "list[tuple[TraceRow, DeliveryWatch]]") -> dict[int, list[Said]]:
    of_row: dict[tuple[str, str], set[int]] = defaultdict(set)
    of_watch: dict[tuple[int, str], set[str]] = defaultdict(set)
    for row, watch in pairs:
        of_row[row.id, row.recipient].add(watch.pk)
        of_watch[watch.pk, row.recipient].add(row.id)
    found: dict[int, list[Said]] = defaultdict(list)
    for row, watch in pairs:
        is_one = len(of_row[row.id, row.recipient]) == len(of_watch[watch.pk, row.recipient]) == 1
        if is_one:
            found[watch.pk].append(said(row, is_probable=True))
    return found


def said(row: "TraceRow", *, is_probable: bool = False) -> Said:
    return Said(
        row.recipient,
        DeliverySource.TRACE,
        _STATES.get(row.status, DeliveryState.PENDING),
        row.received_at,
        receiver=row.to_ip,
        is_probable=is_probable,
    )
