"""Ask Exchange's message trace what became of the messages that are watched.

One request brings all that a sender has open, in one window. Nothing here holds mail back: a fault
is kept, shown, and asked about again.
"""

import logging
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from notifications import retry
from notifications.backends.errors import Answer, AuthError, SendError, ThrottledError
from notifications.log import delivery, watches
from notifications.log.delivery import Said
from notifications.log.watches import DueSender
from notifications.models import Attempt, DeliveryPoll

from . import delivery_access, results, trace_rows
from .connection import Connection
from .trace_budget import UsedUpError

if TYPE_CHECKING:
    from notifications.backends.microsoft.graph.trace import MessageTrace, TraceRow

logger = logging.getLogger(__name__)

KEPT = timedelta(days=90)  # Exchange forgets what is older


def ask(connection: Connection, *, now: datetime) -> None:
    """Ask about what is due. The caller sees to it that only one does so at a time."""
    watches.begin(now=now)
    poll = DeliveryPoll.objects.current()
    senders = watches.due_senders(now=now)
    if not senders or poll.rest_left(now=now):
        return
    senders.sort(key=lambda each: (poll.asked.get(each.address, 0), each.since))
    try:
        with closing(delivery_access.open_trace(connection, now=now)) as trace:
            for sender in senders:
                _ask_of(trace, sender, connection, poll, now=now)
                _remember_success(now=now)
    except UsedUpError:
        return  # the others have their turn in the next round
    except SendError as error:
        remember_fault(error, now=now)


def give_up(connection: Connection, *, now: datetime) -> None:
    """Say of what has no result after two days that it is unknown."""
    for unknown in watches.expired(now=now):
        results.apply(unknown, connection=connection, now=now)


def ask_about(entry: Attempt, connection: Connection, *, now: datetime) -> bool:
    """Ask about one message at once, with the reason of a failure; a person is waiting. Returns
    whether the trace knows it. Raises a SendError."""
    since, until = entry.at - trace_rows.SKEW, min(entry.at + watches.WATCHED, now)
    sender, went_to = watches.sender_of(entry), delivery.recipients_of(entry)
    said: list[Said] = []
    fault: SendError | None = None
    try:
        with closing(delivery_access.open_trace(connection, now=now)) as trace:
            for page in trace.of_message(entry.message_id, since=since, until=until):
                # Whoever received the message may send another one with its Message-ID.
                ours = [r for r in page if r.sender == sender and r.recipient in went_to]
                said += map(trace_rows.said, ours)
                for row in ours:
                    said += _reason(trace, row)
    except SendError as error:
        fault = error
    # What was told counts, whatever came after it.
    results.apply({entry.pk: said} if said else {}, connection=connection, now=now)
    if isinstance(fault, UsedUpError):
        if said:
            return True
        raise fault
    if fault:
        remember_fault(fault, now=now)
        raise fault
    _remember_success(now=now)
    return bool(said)


def remember_fault(error: SendError, *, now: datetime) -> None:
    """Keep what is in the way, for the settings page and the alarm."""
    answer = error.answer
    if isinstance(error, AuthError):
        # The token may have been refused, or a permission granted since it was given.
        delivery_access.forget_tokens()
    poll = DeliveryPoll.objects.made()
    if isinstance(error, ThrottledError):
        poll.rest(until=retry.rest_until(error.retry_after, now=now))
    poll.filter(trace_failed_since=None).update(trace_failed_since=now)
    poll.update(
        trace_at=now,
        trace_status=answer.status,
        trace_code=answer.code or str(answer.status),
        trace_message=answer.message,
    )
    logger.warning("The message trace was not told: %s", answer.code or answer.status)


def fault(poll: DeliveryPoll) -> Answer | None:
    """What was answered instead of the trace the last time; None where it was told."""
    if not poll.trace_code:
        return None
    return Answer(poll.trace_status, poll.trace_code, poll.trace_message)


def _remember_success(*, now: datetime) -> None:
    DeliveryPoll.objects.made().update(
        trace_at=now, trace_status=0, trace_code="", trace_message="", trace_failed_since=None
    )


def _ask_of(
    trace: "MessageTrace",
    sender: DueSender,
    connection: Connection,
    poll: DeliveryPoll,
    *,
    now: datetime,
) -> None:
    """Ask about one sender's window. Raises a SendError; then the others come first the next
    time."""
    since = max(sender.since, now - watches.WATCHED) - trace_rows.SKEW
    try:
        for page in trace.pages(sender.address, since=since, until=now):
            results.apply(trace_rows.matched(sender.address, page), connection=connection, now=now)
    except UsedUpError:
        raise
    except SendError:
        _note_asked(poll, sender.address, now=now)
        raise
    _note_asked(poll, sender.address, now=now)
    watches.asked(sender.address, since=sender.since, now=now)


def _note_asked(poll: DeliveryPoll, sender: str, *, now: datetime) -> None:
    oldest = (now - watches.WATCHED).timestamp()
    poll.asked = {each: at for each, at in poll.asked.items() if at > oldest}
    poll.asked[sender] = now.timestamp()
    DeliveryPoll.objects.made().update(asked=poll.asked)


def _reason(trace: "MessageTrace", row: "TraceRow") -> list[Said]:
    """Ask why a message failed, if it did."""
    reason = trace.reason(row) if row.status == "failed" else None
    if reason is None:
        return []
    is_elsewhere = not delivery_access.is_exchange(reason.server)
    said = trace_rows.said(row)
    return [replace(said, code=reason.code, text=reason.text, said_elsewhere=is_elsewhere)]
