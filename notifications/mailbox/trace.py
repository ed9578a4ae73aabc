"""Ask Exchange's message trace what became of the messages that are watched.

One request brings all that a sender has open, in one window; the tenant's 100 requests in five
minutes are shared with other tools, so that 20 is the most. Nothing here holds mail back: a fault
is kept, shown, and asked about again.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable
from contextlib import closing
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from notifications import retry
from notifications.backends.errors import Answer, AuthError, SendError, ThrottledError
from notifications.log import delivery, watches
from notifications.log.delivery import Said
from notifications.log.watches import DueSender
from notifications.models import Attempt, DeliveryPoll, DeliveryWatch
from notifications.models.delivery.state import DeliverySource, DeliveryState

from . import delivery_access, results
from .connection import Connection

if TYPE_CHECKING:
    from notifications.backends.microsoft.graph.trace import MessageTrace, TraceRow

logger = logging.getLogger(__name__)

KEPT = timedelta(days=90)  # Exchange forgets what is older
MOST_REQUESTS, BUDGET_TIME = 20, timedelta(minutes=5)
# Clocks differ, and the trace names the moment of transport, not of acceptance.
_SKEW = timedelta(minutes=5)
_STATES = {
    "delivered": DeliveryState.DELIVERED,
    "expanded": DeliveryState.EXPANDED,
    "failed": DeliveryState.FAILED,
    "quarantined": DeliveryState.QUARANTINED,
    "filteredAsSpam": DeliveryState.SPAM,
    "recalled": DeliveryState.RECALLED,
}
_CHUNK = 500


def ask(connection: Connection, *, now: datetime) -> None:
    """Ask about what is due. The caller sees to it that only one does so at a time."""
    watches.begin(now=now)
    for unknown in watches.expired(now=now):
        results.apply(unknown, connection=connection, now=now)
    poll = DeliveryPoll.objects.current()
    senders = watches.due_senders(now=now)
    if not senders or (poll.rests_until and poll.rests_until > now):
        return
    senders.sort(key=lambda each: (poll.asked.get(each.address, 0), each.since))
    try:
        with closing(delivery_access.open_trace(connection, now=now)) as trace:
            for sender in senders:
                if not _ask_of(trace, sender, connection, poll, now=now):
                    break
    except SendError as error:
        remember_fault(error, now=now)
    else:
        _remember_success(now=now)
    finally:
        DeliveryPoll.objects.made().update(requests=poll.requests)


def ask_about(entry: Attempt, connection: Connection, *, now: datetime) -> bool:
    """Ask about one message at once, with the reason of a failure; a person is waiting. Returns
    whether the trace knows it. Raises a SendError."""
    since, until = entry.at - _SKEW, min(entry.at + watches.WATCHED, now)
    went_to = delivery.recipients_of(entry)
    said: list[Said] = []
    with closing(delivery_access.open_trace(connection, now=now)) as trace:
        for page in trace.of_message(entry.message_id, since=since, until=until):
            for row in page:
                if row.recipient in went_to:
                    said.append(_with_reason(trace, row))
    results.apply({entry.pk: said} if said else {}, connection=connection, now=now)
    _remember_success(now=now)
    return bool(said)


def remember_fault(error: SendError, *, now: datetime) -> None:
    """Keep what is in the way, for the settings page and the alarm."""
    answer = error.answer
    if isinstance(error, AuthError):
        # The token may have been refused, or a permission granted since it was given.
        delivery_access.forget_tokens()
    rests_until = None
    if isinstance(error, ThrottledError):
        rests_until = retry.rest_until(error.retry_after, now=now)
    poll = DeliveryPoll.objects.made()
    poll.filter(trace_failed_since=None).update(trace_failed_since=now)
    poll.update(
        trace_at=now,
        trace_status=answer.status,
        trace_code=answer.code or str(answer.status),
        trace_message=answer.message,
        rests_until=rests_until,
    )
    logger.warning("The message trace was not told: %s", answer.code or answer.status)


def fault(poll: DeliveryPoll) -> Answer | None:
    """What was answered instead of the trace the last time; None where it was told."""
    if not poll.trace_code:
        return None
    return Answer(poll.trace_status, poll.trace_code, poll.trace_message)


def _remember_success(*, now: datetime) -> None:
    DeliveryPoll.objects.made().update(
        trace_at=now, trace_status=0, trace_code="", trace_message="", trace_failed_since=None,
        rests_until=None,
    )  # fmt: skip


def _ask_of(
    trace: "MessageTrace",
    sender: DueSender,
    connection: Connection,
    poll: DeliveryPoll,
    *,
    now: datetime,
) -> bool:
    """Ask about one sender's window; False where the budget is used up."""
    since = max(sender.since, now - watches.WATCHED) - _SKEW
    pages = trace.pages(sender.address, since=since, until=now)
    while _has_budget(poll, now=now):
        # Where no page is left the generator ends without a request.
        page = next(pages, None)
        if page is None:
            _note_asked(poll, sender.address, now=now)
            watches.asked(sender.address, since=sender.since, now=now)
            return True
        poll.requests.append(now.timestamp())
        results.apply(_matched(sender.address, page), connection=connection, now=now)
    return False


def _has_budget(poll: DeliveryPoll, *, now: datetime) -> bool:
    begin = (now - BUDGET_TIME).timestamp()
    poll.requests = [at for at in poll.requests if at > begin]
    return len(poll.requests) < MOST_REQUESTS


def _note_asked(poll: DeliveryPoll, sender: str, *, now: datetime) -> None:
    oldest = (now - watches.WATCHED).timestamp()
    poll.asked = {each: at for each, at in poll.asked.items() if at > oldest}
    poll.asked[sender] = now.timestamp()
    DeliveryPoll.objects.made().update(asked=poll.asked)


def _matched(sender: str, rows: Iterable["TraceRow"]) -> dict[int, list[Said]]:
    """Find the watched messages of the rows: by Message-ID, else by what else they have."""
    found: dict[int, list[Said]] = defaultdict(list)
    others = []
    rows = list(rows)
    known = _watches_by_id({row.message_id for row in rows})
    for row in rows:
        watch = known.get(row.message_id)
        if watch is None:
            others.append(row)
        elif row.recipient in watch.recipients:
            found[watch.pk].append(_said(row))
    taken = set(found)
    for pk, said in _probable(sender, others).items():
        if pk not in taken:
            found[pk] += said
    return found


def _watches_by_id(ids: set[str]) -> dict[str, DeliveryWatch]:
    listed, found = sorted(ids), {}
    for start in range(0, len(listed), _CHUNK):
        some = listed[start : start + _CHUNK]
        for watch in DeliveryWatch.objects.filter(message_id__in=some):
            found[watch.message_id] = watch
    return found


def _probable(sender: str, rows: list["TraceRow"]) -> dict[int, list[Said]]:
    """Match rows whose Message-ID is none of ours by recipient, subject and time, where exactly one
    row fits exactly one message."""
    if not rows:
        return {}
    pairs: list[tuple[TraceRow, DeliveryWatch]] = []
    begin = min(row.received_at for row in rows) - _SKEW
    until = max(row.received_at for row in rows) + _SKEW
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
            is_near = abs(row.received_at - watch.accepted_at) <= _SKEW
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
            found[watch.pk].append(_said(row, is_probable=True))
    return found


def _said(row: "TraceRow", *, is_probable: bool = False, code: str = "", text: str = "") -> Said:
    return Said(
        row.recipient,
        DeliverySource.TRACE,
        _STATES.get(row.status, DeliveryState.PENDING),
        row.received_at,
        code,
        text,
        row.to_ip,
        is_probable,
    )


def _with_reason(trace: "MessageTrace", row: "TraceRow") -> Said:
    reason = trace.reason(row) if row.status == "failed" else None
    return _said(row, code=reason.code, text=reason.text) if reason else _said(row)
