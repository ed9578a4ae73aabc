"""What became of accepted messages: what each source said, and the summary in the log entry.

The sources are the message trace and reports in the Inbox. They are told again and again, late, by
two workers at once, and in any order; what stands in the end is the same.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from notifications.message.addresses import bare_address, split_addresses
from notifications.models import Attempt, DeliveryFact
from notifications.models.delivery.state import (
    ARRIVED,
    BY_WEIGHT,
    RESULTS,
    DeliverySource,
    DeliveryState,
    DeliverySummary,
)

_WEIGHT = {state: place for place, state in enumerate(BY_WEIGHT)}
_OPEN = frozenset([DeliveryState.PENDING, DeliveryState.UNKNOWN])
_BAD = (
    DeliveryState.FAILED,
    DeliveryState.RECALLED,
    DeliveryState.QUARANTINED,
    DeliveryState.SPAM,
)
_BOUNCED = frozenset([DeliveryState.FAILED, DeliveryState.QUARANTINED, DeliveryState.SPAM])
_LONGEST_RECEIVER = DeliveryFact._meta.get_field("receiver").max_length
_WRITTEN = ["state", "code", "text", "receiver", "is_probable", "at"]


# The facts of an entry, by recipient and source.
_Known = dict[tuple[str, str], DeliveryFact]


@dataclass(frozen=True, slots=True)
class Said:
    """What a source says about one recipient of an entry; the fields are those of DeliveryFact.
    `said_elsewhere` is that of Bounce."""

    recipient: str
    source: DeliverySource
    state: DeliveryState
    at: datetime
    code: str = ""
    text: str = ""
    receiver: str = ""
    is_probable: bool = False
    said_elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """An entry about which something was said: its summary before and now, and what was said of the
    recipients that it has. `is_complete` says that the trace has a result for each recipient, and
    `has_bounced` that a recipient is known not to have it, and none was before."""

    entry: Attempt
    before: str
    now: str
    said: Sequence[Said]
    is_complete: bool
    has_bounced: bool


@dataclass(slots=True)
class Line:
    """What is known about one recipient, from all sources, as people read it."""

    recipient: str
    state: DeliveryState = DeliveryState.PENDING
    facts: list[DeliveryFact] = field(default_factory=list)

    @property
    def fact(self) -> DeliveryFact | None:
        """The fact that decides; one with a code before one that has none."""
        deciding = [each for each in self.facts if each.state == self.state]
        return max(deciding, key=lambda each: (bool(each.code), bool(each.text)), default=None)

    @property
    def sources(self) -> list[str]:
        return sorted({each.source for each in self.facts if each.state == self.state})


def recipients_of(entry: Attempt) -> list[str]:
    """The bare addresses that a message went to, in lower case, each once. One that was erased is
    none any more."""
    written = (each.strip() for each in split_addresses(entry.recipients))
    bare = (bare_address(each).lower() for each in written)
    return list(dict.fromkeys(each for each in bare if "@" in each))


def lines(entry: Attempt) -> list[Line]:
    """A line for each recipient of an entry, in the message's order."""
    return _lines(recipients_of(entry), entry.delivery_facts.order_by("source"))


@transaction.atomic
def sum_up(pks: Iterable[int]) -> None:
    """Let entries say what became of them for the recipients that they have now, those that say so
    at all."""
    locked = Attempt.objects.select_for_update().filter(pk__in=list(pks)).exclude(delivery="")
    entries = list(locked.order_by("pk").prefetch_related("delivery_facts"))
    for entry in entries:
        _sum_up(entry, _lines(recipients_of(entry), entry.delivery_facts.all()))
    Attempt.objects.bulk_update(entries, ["delivery", "delivered_count"])


@transaction.atomic
def note(said: Mapping[int, Sequence[Said]]) -> list[Change]:
    """Keep what was said about entries, by their number. Entries that are gone are passed over, and
    recipients that an entry has no more: an address may have been erased since it was asked
    about."""
    locked = Attempt.objects.select_for_update().filter(pk__in=list(said)).order_by("pk")
    entries = list(locked.defer("search", "message", "note"))
    known: dict[int, _Known] = {entry.pk: {} for entry in entries}
    for fact in DeliveryFact.objects.filter(entry__in=list(known)):
        known[fact.entry_id][fact.recipient, fact.source] = fact
    written: list[DeliveryFact] = []
    changes = []
    for entry in entries:
        facts, change = _noted(entry, said[entry.pk], known[entry.pk])
        written += facts
        changes.append(change)
    DeliveryFact.objects.bulk_create(
        written,
        update_conflicts=True,
        unique_fields=["entry", "recipient", "source"],
        update_fields=_WRITTEN,
        batch_size=500,
    )
    Attempt.objects.bulk_update(entries, ["delivery", "delivered_count"], batch_size=500)
    return changes


def _noted(
    entry: Attempt, said: Sequence[Said], known: _Known
) -> tuple[list[DeliveryFact], Change]:
    """Return the facts to write of an entry, and what changes in it."""
    recipients = dict.fromkeys(recipients_of(entry))
    counting = [each for each in said if each.recipient in recipients]
    before, was_bounced = entry.delivery, _is_bounced(_lines(recipients, known.values()))
    facts = _new_facts(entry, counting, known)
    lines = _lines(recipients, known.values())
    _sum_up(entry, lines)
    return facts, Change(
        entry,
        before,
        entry.delivery,
        counting,
        is_complete=_is_traced(recipients, known),
        has_bounced=not was_bounced and _is_bounced(lines),
    )


def _new_facts(entry: Attempt, said: Iterable[Said], known: _Known) -> list[DeliveryFact]:
    """Return the facts to write, and put them among the known ones."""
    found: dict[tuple[str, str], DeliveryFact] = {}
    for each in said:
        key = (each.recipient, each.source)
        old = known.get(key)
        if old is None or _says_more(each, old, is_later=key not in found):
            values = {name: getattr(each, name) for name in _WRITTEN}
            values["receiver"] = each.receiver[:_LONGEST_RECEIVER]
            known[key] = found[key] = DeliveryFact(
                entry=entry, recipient=each.recipient, source=each.source, **values
            )
    return list(found.values())


def _says_more(new: Said, old: DeliveryFact, *, is_later: bool) -> bool:
    """Say whether the new word of the same source takes the place of its old one. A permanent
    failure stays, and the same result counts again only where it brings a code or words. What is
    known by the Message-ID takes the place of what is only probable, and never the other way. A
    later answer that it has arrived means that it was released from quarantine."""
    if old.is_probable and not new.is_probable:
        return new.state != DeliveryState.UNKNOWN
    if new.is_probable and not old.is_probable:
        return old.state in _OPEN
    if new.state == old.state:
        return (bool(new.code), bool(new.text)) > (bool(old.code), bool(old.text))
    if old.state in _OPEN:
        return True
    if old.state == DeliveryState.QUARANTINED and new.state in ARRIVED:
        return is_later
    return _WEIGHT[new.state] < _WEIGHT[DeliveryState(old.state)]


def _lines(recipients: Iterable[str], facts: Iterable[DeliveryFact]) -> list[Line]:
    found = {recipient: Line(recipient) for recipient in recipients}
    for fact in facts:
        if fact.recipient in found:
            found[fact.recipient].facts.append(fact)
    for line in found.values():
        states = [DeliveryState(fact.state) for fact in line.facts]
        line.state = min(states, key=_WEIGHT.__getitem__, default=DeliveryState.PENDING)
    return list(found.values())


def _sum_up(entry: Attempt, lines: Sequence[Line]) -> None:
    """Let an entry say what became of it. One whose recipients were all erased keeps its word:
    nothing is known of nobody."""
    states = [line.state for line in lines]
    if states:
        entry.delivery, entry.delivered_count = summary(states), _arrived(states)


def _is_bounced(lines: Iterable[Line]) -> bool:
    """Say whether a recipient is known not to have the message."""
    return any(line.state in _BOUNCED for line in lines)


def _is_traced(recipients: Iterable[str], known: _Known) -> bool:
    """Say whether the trace has a result for each recipient. A report does not end the asking: it
    may be forged, and the trace proves it."""
    traced = (known.get((each, DeliverySource.TRACE)) for each in recipients)
    return all(fact is not None and fact.state in RESULTS for fact in traced)


def _arrived(states: Iterable[DeliveryState]) -> int:
    return sum(state in ARRIVED for state in states)


def summary(states: Sequence[DeliveryState]) -> DeliverySummary:
    """Say in one word what became of a message that has recipients. Pure."""
    arrived = _arrived(states)
    if arrived == len(states):
        return DeliverySummary.DELIVERED
    bad = next((state for state in _BAD if state in states), None)
    if arrived and (bad or DeliveryState.PENDING not in states):
        return DeliverySummary.PARTLY
    if bad:
        return DeliverySummary(bad.value)
    is_open = DeliveryState.PENDING in states
    return DeliverySummary.PENDING if is_open else DeliverySummary.UNKNOWN
