"""Reports from the Inbox become facts about the messages that they are about, and bounces.

A report is matched by the Message-ID of the returned message, else by those that its headers name,
and only for an address that the message went to. One that belongs to no known message is kept by
its headers, and looked at again for two days: it may come before the message is in the log.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from notifications.backends.reports.report import Action, DeliveryReport, ReportedRecipient
from notifications.models import Attempt, Bounce, DeliveryFact
from notifications.models.attempt import Result
from notifications.models.delivery.state import DeliverySource, DeliveryState

from .delivery import Said, recipients_of

_LOOKED_AT_AGAIN = timedelta(days=2)
_MOST_AGAIN = 500
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


def match(report: DeliveryReport) -> tuple[list[Matched], list[ReportedRecipient]]:
    """Return what belongs to known messages, and the failures that belong to none."""
    entries = _entries(report.message_ids)
    found, unknown = [], []
    for reported in report.recipients:
        hit = _hit(reported.addresses, entries)
        if hit:
            found.append(Matched(*hit, reported))
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


def keep(
    report: DeliveryReport,
    matched: Iterable[Matched],
    unknown: Iterable[ReportedRecipient],
    *,
    is_trusted: bool,
    is_proven: bool,
    is_exchange: Callable[[str], bool],
    now: datetime,
) -> None:
    """Write the bounces of a report, each once however often it is read. `is_trusted` says that it
    was made inside the tenant, and `is_proven` that what it says of known messages is so; of others
    nothing else can be proven. `is_exchange` judges the server that a recipient's block names."""
    at = min(report.sent_at or now, now)
    name = report.own_id or (report.message_ids or ("",))[0]
    rows = [
        Bounce(
            at=at, address=each.address, code=each.reported.code, text=each.reported.text,
            entry=each.entry, is_proven=is_proven, report=name[:255],
            said_elsewhere=not is_exchange(each.reported.server),
        )
        for each in matched
        if each.reported.action is Action.FAILED
    ]  # fmt: skip
    rows += [
        Bounce(
            at=at, address=each.addresses[0], code=each.code, text=each.text,
            is_proven=is_trusted, said_elsewhere=not is_exchange(each.server),
            report=name[:255], message_ids=list(report.message_ids),
            headers=[list(pair) for pair in report.headers],
        )
        for each in unknown
    ]  # fmt: skip
    Bounce.objects.bulk_create(rows, ignore_conflicts=True)
    for row in rows:
        if row.entry_id:
            _complete(row)


def keep_traced(entries: Mapping[int, Sequence[Said]]) -> None:
    """Write the bounces of what the trace calls failed: no stranger can have said so."""
    rows = [
        Bounce(
            at=each.at, address=each.recipient, code=each.code, text=each.text, entry_id=entry,
            is_proven=True, said_elsewhere=each.said_elsewhere,
        )
        for entry, all_said in entries.items()
        for each in all_said
        if each.source == DeliverySource.TRACE
        and each.state == DeliveryState.FAILED
        and not each.is_probable
    ]  # fmt: skip
    Bounce.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    for row in rows:
        _complete(row)


def match_again(*, now: datetime) -> dict[int, list[Said]]:
    """Look for the messages of reports that came before them; return what is to be said of those
    that were found."""
    rows = Bounce.objects.filter(entry=None, at__gt=now - _LOOKED_AT_AGAIN).order_by("-at")
    found: dict[int, list[Said]] = defaultdict(list)
    candidates = list(rows[:_MOST_AGAIN])
    known = _by_id(each for row in candidates for each in row.message_ids)
    for row in candidates:
        entries = [known[each] for each in row.message_ids if each in known]
        hit = _hit((row.address,), entries)
        if hit and _belongs(row, hit[0]):
            found[hit[0].pk].append(
                Said(
                    hit[1], DeliverySource.REPORT, DeliveryState.FAILED, row.at, row.code, row.text
                )
            )
    return found


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


def _entries(message_ids: Iterable[str]) -> list[Attempt]:
    """The accepted entries with these ids, in the order of the ids."""
    ids = list(message_ids)
    known = _by_id(ids)
    return [known[each] for each in ids if each in known]


def _by_id(message_ids: Iterable[str]) -> dict[str, Attempt]:
    rows = Attempt.objects.filter(
        message_id__in={each[:255] for each in message_ids}, result=Result.ACCEPTED
    )
    fields = ("pk", "message_id", "recipients", "at", "delivery")
    # The newest of several attempts that were accepted is the one that counts.
    return {row.message_id: row for row in rows.only(*fields).order_by("at", "pk")}


def _hit(addresses: Sequence[str], entries: Iterable[Attempt]) -> tuple[Attempt, str] | None:
    for entry in entries:
        went_to = recipients_of(entry)
        for address in addresses:
            if address in went_to:
                return entry, address
    return None


def _belongs(row: Bounce, entry: Attempt) -> bool:
    """Give the bounce to its message, unless that has one already; then that one gets what this one
    knows, and this one goes."""
    if Bounce.objects.filter(entry=entry, address=row.address).exists():
        row.delete()
        row.entry = entry
        _complete(row)
        return False
    return bool(Bounce.objects.filter(pk=row.pk, entry=None).update(entry=entry, headers=[]))


def _complete(row: Bounce) -> None:
    """Give the bounce that was there before what another source tells later: a code with its words,
    and whose words they are."""
    same = Bounce.objects.filter(entry=row.entry_id, address=row.address)
    if row.code:
        told = {"code": row.code, "text": row.text, "said_elsewhere": row.said_elsewhere}
        same.filter(code="").update(**told)
    if row.is_proven:
        same.filter(is_proven=False).update(is_proven=True)
