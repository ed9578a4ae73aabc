"""Which accepted messages are asked about, and when: 5, 15 and 60 minutes after they were accepted,
then every hour, for two days.

Nothing is added to the way of a message: accepted entries are found in the log itself.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, Min, OuterRef

from notifications.message.addresses import bare_address
from notifications.models import Attempt, DeliveryFact, DeliveryPoll, DeliveryWatch
from notifications.models.attempt import Result
from notifications.models.delivery.state import DeliverySource, DeliveryState, DeliverySummary

from . import delivery
from .delivery import Said

WATCHED = timedelta(hours=48)
_FIRST = (timedelta(minutes=5), timedelta(minutes=15))
_HOUR = timedelta(hours=1)
# `at` of an entry is taken shortly before it is committed.
_OVERLAP = timedelta(minutes=10)
_AT_A_TIME = 1000
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
# The trace has said nothing yet. A report may have: it can come before the message is watched, and
# about one of many recipients.
_IS_NEW = ~Exists(DeliveryWatch.objects.filter(entry=OuterRef("pk"))) & ~Exists(
    DeliveryFact.objects.filter(entry=OuterRef("pk"), source=DeliverySource.TRACE)
)


@dataclass(frozen=True, slots=True)
class DueSender:
    """A sender that something is due of; `since` is when the oldest of it was accepted."""

    address: str
    since: datetime


def begin(*, now: datetime) -> int:
    """Watch the messages that were accepted since the last time. Returns how many are new."""
    poll = DeliveryPoll.objects.current()
    # What was accepted before somebody switched this on is not asked about.
    since = max(min(poll.watched_until or now, now), now - WATCHED) - _OVERLAP
    entries = Attempt.objects.filter(
        _IS_NEW, at__gte=since, at__lte=now, result=Result.ACCEPTED, message_id__gt=""
    )
    pks = list(entries.order_by("at", "pk").values_list("pk", flat=True))
    count = sum(_watch(pks[start : start + _AT_A_TIME]) for start in range(0, len(pks), _AT_A_TIME))
    DeliveryPoll.objects.made().update(watched_until=now)
    return count


def due_senders(*, now: datetime) -> list[DueSender]:
    """The senders of what is due, with one window each."""
    rows = DeliveryWatch.objects.due(now=now).values("sender").annotate(since=Min("accepted_at"))
    return [DueSender(row["sender"], row["since"]) for row in rows.order_by("since", "sender")]


def asked(sender: str, *, since: datetime, now: datetime) -> None:
    """Say when the messages of a window are due again."""
    rows = DeliveryWatch.objects.filter(sender=sender, accepted_at__gte=since)
    changed = []
    for row in rows.due(now=now).iterator(chunk_size=_AT_A_TIME):
        row.due_at = next_due(row.accepted_at, now=now)
        changed.append(row)
    DeliveryWatch.objects.bulk_update(changed, ["due_at"], batch_size=500)


def end(entries: Iterable[int]) -> None:
    """Stop to ask about entries, by their number."""
    DeliveryWatch.objects.filter(entry__in=list(entries)).delete()


def expired(*, now: datetime) -> Iterator[dict[int, list[Said]]]:
    """Yield, in batches, what is to be said about messages without a result after two days."""
    old = DeliveryWatch.objects.filter(accepted_at__lt=now - WATCHED).order_by("accepted_at")
    while rows := list(old[:_AT_A_TIME]):
        yield {row.pk: [_unknown(each, now) for each in row.recipients] for row in rows}
        end(row.pk for row in rows)


def next_due(accepted_at: datetime, *, now: datetime) -> datetime:
    """When to ask again. After a quarter of an hour all messages are asked about at the full hour,
    so that one request is enough for all that a sender has open. Pure."""
    for wait in _FIRST:
        if accepted_at + wait > now:
            return accepted_at + wait
    first_hour = max(now, accepted_at + _HOUR - timedelta(minutes=5))
    return _EPOCH + ((first_hour - _EPOCH) // _HOUR + 1) * _HOUR


def sender_of(entry: Attempt) -> str:
    """The bare address, in lower case, by which Exchange knows who sent it."""
    return bare_address(entry.from_address or entry.account).lower()


@transaction.atomic
def _watch(pks: Sequence[int]) -> int:
    """Watch entries by their number; returns how many. One whose recipients were all erased has
    nobody to ask about, and who erases an address waits until it is watched."""
    locked = Attempt.objects.select_for_update().filter(pk__in=pks).order_by("pk")
    watches = [
        DeliveryWatch(
            entry=entry,
            message_id=entry.message_id,
            sender=sender_of(entry),
            subject=entry.subject,
            recipients=recipients,
            accepted_at=entry.at,
            due_at=entry.at + _FIRST[0],
        )
        for entry in locked.defer("search", "message", "note")
        if (recipients := delivery.recipients_of(entry))
    ]
    DeliveryWatch.objects.bulk_create(watches, ignore_conflicts=True, batch_size=500)
    watched = [watch.entry_id for watch in watches]
    Attempt.objects.filter(pk__in=watched, delivery="").update(delivery=DeliverySummary.PENDING)
    return len(watched)


def _unknown(recipient: str, now: datetime) -> Said:
    values: dict[str, Any] = {"source": DeliverySource.TRACE, "state": DeliveryState.UNKNOWN}
    return Said(recipient, at=now, **values)
