"""The messages that reports in the Inbox are about, and what the reports say of them.

A report is matched by the Message-ID of the returned message, else by those that its headers name,
and only for an address that the message went to.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from notifications.backends.reports.report import Action, DeliveryReport, ReportedRecipient
from notifications.models import Attempt, DeliveryFact
from notifications.models.attempt import Result
from notifications.models.delivery.state import DeliverySource, DeliveryState

from .delivery import Said, recipients_of

_STATES = {
    Action.FAILED: DeliveryState.FAILED,
    Action.DELAYED: DeliveryState.PENDING,
    Action.DELIVERED: DeliveryState.DELIVERED,
    Action.RELAYED: DeliveryState.DELIVERED,
    Action.EXPANDED: DeliveryState.EXPANDED,
}


@dataclass(frozen=True, slots=True)
class Matched:
    """An address of a known message that a report speaks of."""

    entry: Attempt
    address: str
    reported: ReportedRecipient


@dataclass(frozen=True, slots=True)
class Known:
    """A message, and the addresses that it went to."""

    entry: Attempt
    went_to: frozenset[str]


def match(report: DeliveryReport) -> tuple[list[Matched], list[ReportedRecipient]]:
    """Return what belongs to known messages, and the failures that belong to none."""
    known = by_id(report.message_ids)
    found, unknown = [], []
    for reported in report.recipients:
        message = hit(reported.addresses, report.message_ids, known)
        if message:
            found.append(Matched(*message, reported))
        elif reported.action is Action.FAILED:
            unknown.append(reported)
    return found, unknown


def said(matched: Iterable[Matched], *, at: datetime) -> dict[int, list[Said]]:
    """What the reports say, for `delivery.note`."""
    found: dict[int, list[Said]] = defaultdict(list)
    for each in matched:
        found[each.entry.pk].append(
            Said(
                each.address,
                DeliverySource.REPORT,
                _STATES[each.reported.action],
                at,
                each.reported.code,
                each.reported.text,
                receiver=_relay(each),
            )
        )
    return found


def _relay(matched: Matched) -> str:
    """The server that took a message and reports nothing of it; "" where a report is final."""
    if matched.reported.action is not Action.RELAYED:
        return ""
    return matched.reported.server or matched.address.rpartition("@")[2]


def were_traced(matched: Iterable[Matched]) -> bool:
    """Say whether the trace calls each of these failed, too."""
    failed = [each for each in matched if each.reported.action is Action.FAILED]
    facts = DeliveryFact.objects.filter(
        entry__in={each.entry.pk for each in failed},
        source=DeliverySource.TRACE,
        state=DeliveryState.FAILED,
        is_probable=False,
    )
    known = set(facts.values_list("entry", "recipient"))
    return bool(failed) and all((each.entry.pk, each.address) in known for each in failed)


def by_id(message_ids: Iterable[str]) -> dict[str, Known]:
    """The accepted entries with these ids. They are locked: who erases an address waits, or is
    seen."""
    rows = Attempt.objects.select_for_update().filter(
        message_id__in={each[:255] for each in message_ids}, result=Result.ACCEPTED
    )
    fields = ("pk", "message_id", "recipients", "at", "delivery")
    locked = sorted(rows.only(*fields).order_by("pk"), key=lambda each: (each.at, each.pk))
    # The newest of several attempts that were accepted is the one that counts.
    newest = {row.message_id: row for row in locked}
    return {name: Known(row, frozenset(recipients_of(row))) for name, row in newest.items()}


def hit(
    addresses: Sequence[str], message_ids: Iterable[str], known: Mapping[str, Known]
) -> tuple[Attempt, str] | None:
    """Return the first of the messages that went to one of the addresses, and which one."""
    for message in (known[each] for each in message_ids if each in known):
        for address in addresses:
            if address in message.went_to:
                return message.entry, address
    return None
