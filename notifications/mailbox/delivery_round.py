"""One round of asking for results: the message trace, then the Inbox. One process does it."""

import logging
from datetime import datetime, timedelta

from notifications.errors import Contained
from notifications.log import delivery_figures
from notifications.models import DeliveryPoll, DeliveryWatch, EmailSettings, QueueState

from . import account_stop, delivery_access, reports, trace
from .connection import Connection

logger = logging.getLogger(__name__)

# Longer than a round takes; a process that dies within one costs this much.
_LEASE = timedelta(minutes=10)


def run(*, now: datetime) -> None:
    """Do what the settings ask for, and bring to its end what they asked for before. What fails in
    one part leaves the other as it is."""
    saved = EmailSettings.objects.current()
    connection = Connection.of(saved.values())
    wants_trace = connection.values.trace and delivery_access.has_trace(connection)
    wants_reports = saved.account is not None and reports.can_read(connection)
    is_wanted = wants_trace or wants_reports
    if not (is_wanted or _is_left(now)) or connection.values.cloud_is_lost or _is_elsewhere():
        return
    until = DeliveryPoll.objects.take(now=now, lease=_LEASE)
    if until is None:
        return
    try:
        with Contained(logger, "giving up what has no result"):
            trace.give_up(connection, now=now)
        if wants_trace:
            with Contained(logger, "asking the message trace"):
                trace.ask(connection, now=now)
        if wants_reports and saved.account:
            with Contained(logger, "reading reports"):
                reports.read_all(connection, saved.account, now=now)
        if not is_wanted:
            account_stop.release(now=now)
        elif saved.account:
            with Contained(logger, "judging reports of the account"):
                account_stop.look(saved.account, now=now)
        with Contained(logger, "counting results"):
            delivery_figures.count(now=now)
    finally:
        DeliveryPoll.objects.leave(until=until)


def _is_left(now: datetime) -> bool:
    """Say whether something stands here that nobody asks about any more: messages without a result,
    figures, mail that waits for a limit."""
    poll = DeliveryPoll.objects.current()
    is_held = poll.outside_until is not None and poll.outside_until > now
    return is_held or any(poll.figures.values()) or DeliveryWatch.objects.exists()


def _is_elsewhere() -> bool:
    """Say whether another installation asks: this one has a copy of its database."""
    return QueueState.objects.elsewhere().exists()
