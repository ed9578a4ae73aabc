"""The queue of deliveries: to all channels at the same time, so that one that hangs keeps no other
waiting; to one channel one after another."""

import logging
import time
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from django.db.models import Min
from django.utils import timezone

from notifications.errors import Contained
from notifications.models import AlarmChannel, Callback
from notifications.webhooks import callbacks
from notifications.webhooks.call import CallResult

from . import events
from .channels.deliver import Delivery, deliver

logger = logging.getLogger(__name__)

# After this a turn ends; what is left is taken up a minute later.
_TURN = timedelta(seconds=60)
_CHANNELS_AT_ONCE = 20


def deliver_due(*, now: datetime) -> None:
    """Make the deliveries that are due. A channel that fails is left alone until the next time."""
    ends = time.monotonic() + _TURN.total_seconds()
    failed: set[int] = set()
    while rows := _next_of_each(failed, now=now):
        for row, result in zip(rows, _all_at_once(rows), strict=True):
            _record(row, result)
            if result.error and row.channel_id:
                failed.add(row.channel_id)
        if time.monotonic() > ends:
            break


def send_test(channel: AlarmChannel, *, now: datetime) -> CallResult:
    """Deliver a test now, and keep what came of it at the channel."""
    result = deliver(Delivery(channel, events.of_test(now=now)), now=now)
    _note(channel, events.TEST, result, is_test=True)
    return result


def _next_of_each(failed: Collection[int], *, now: datetime) -> list[Callback]:
    """Claim one delivery for each channel: its oldest that is due. One that nobody can get any
    more, because its channel is switched off, comes to its end as well."""
    waiting = Callback.objects.of_alarms().due(now=now).first_of_each().exclude(channel__in=failed)
    first = waiting.order_by().values("channel").annotate(first=Min("pk")).values("first")
    rows = Callback.objects.filter(pk__in=first[:_CHANNELS_AT_ONCE]).select_related("channel")
    claim = Callback.objects.claim
    return [row for row in rows if claim(row, now=now, lease=callbacks.LEASE)]


def _all_at_once(rows: Sequence[Callback]) -> list[CallResult]:
    """Only the calls are made by threads: the database is asked by this one."""
    with ThreadPoolExecutor(max_workers=len(rows)) as pool:
        return list(pool.map(_deliver, rows))


def _deliver(row: Callback) -> CallResult:
    channel = row.channel
    if channel is None or not channel.enabled:
        return CallResult(0, callbacks.NO_ADDRESS)
    with Contained(logger, "making delivery %s", row.pk):
        return deliver(Delivery(channel, row.body), now=timezone.now())
    return CallResult(0, callbacks.BUG)


def _record(row: Callback, result: CallResult) -> None:
    callbacks.record(row, result, now=timezone.now())
    if row.channel and row.channel.enabled:
        _note(row.channel, row.event, result)


def _note(channel: AlarmChannel, what: str, result: CallResult, *, is_test: bool = False) -> None:
    """Who gets nothing is told of, as if the channel had failed: nobody else would say so."""
    now, note = timezone.now(), AlarmChannel.objects
    if error := result.error or result.left_out:
        note.note_failure(
            channel.pk,
            what=what,
            status=result.status,
            error=error,
            is_test=is_test,
            now=now,
        )
    else:
        note.note_success(channel.pk, what=what, status=result.status, now=now)
