"""Messages that did not reach an address: what reports and the trace say of it, each once.

A report that belongs to no known message is kept by its headers, and looked at again for two days:
it may come before the message is in the log.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from notifications.backends.reports.report import Action, DeliveryReport, ReportedRecipient
from notifications.models import Bounce
from notifications.models.delivery.state import DeliverySource, DeliveryState

from . import matches
from .delivery import Said
from .matches import Matched

_LOOKED_AT_AGAIN = timedelta(days=2)
_MOST_AGAIN = 500
# What a bounce learns from another one.
_TAUGHT = ["code", "text", "said_elsewhere", "is_proven"]
# A bounce's entry, by its number, and address.
_Key = tuple[int | None, str]


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
    known = [
        Bounce(
            at=at, address=each.address, code=each.reported.code, text=each.reported.text,
            entry=each.entry, is_proven=is_proven, report=name[:255],
            said_elsewhere=not is_exchange(each.reported.server),
        )
        for each in matched
        if each.reported.action is Action.FAILED
    ]  # fmt: skip
    others = [
        Bounce(
            at=at, address=each.addresses[0], code=each.code, text=each.text,
            is_proven=is_trusted, said_elsewhere=not is_exchange(each.server),
            report=name[:255], message_ids=list(report.message_ids),
            headers=[list(pair) for pair in report.headers],
        )
        for each in unknown
    ]  # fmt: skip
    _write(known)
    Bounce.objects.bulk_create(others, ignore_conflicts=True)


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
    _write(rows)


@transaction.atomic
def match_again(*, now: datetime) -> dict[int, list[Said]]:
    """Look for the messages of reports that came before them; return what is to be said of those
    that were found."""
    rows = Bounce.objects.filter(entry=None, at__gt=now - _LOOKED_AT_AGAIN).order_by("-at", "-pk")
    candidates = list(rows[:_MOST_AGAIN])
    known = matches.by_id(each for row in candidates for each in row.message_ids)
    hits = []
    for row in candidates:
        hit = matches.hit((row.address,), row.message_ids, known)
        if hit:
            row.entry, row.headers = hit[0], []
            hits.append((hit[0].pk, row))
    given = _give([row for _entry, row in hits])
    found: dict[int, list[Said]] = defaultdict(list)
    for entry, row in hits:
        if row.pk in given:
            said = (DeliverySource.REPORT, DeliveryState.FAILED, row.at, row.code, row.text)
            found[entry].append(Said(row.address, *said))
    return found


def _write(rows: Sequence[Bounce]) -> None:
    """Write the bounces of known messages."""
    first, taught = _merged(rows)
    Bounce.objects.bulk_create(first, ignore_conflicts=True, batch_size=500)
    Bounce.objects.bulk_update(taught, _TAUGHT, batch_size=500)


def _give(rows: Sequence[Bounce]) -> set[int]:
    """Write that bounces have an entry now, and return their numbers; those go that are not the
    first of their message and address."""
    first, taught = _merged(rows)
    given = {each.pk for each in first}
    Bounce.objects.filter(pk__in=[each.pk for each in rows if each.pk not in given]).delete()
    changed = [*first, *taught]
    Bounce.objects.bulk_update(changed, ["entry", "headers", *_TAUGHT], batch_size=500)
    return given


def _merged(rows: Sequence[Bounce]) -> tuple[list[Bounce], list[Bounce]]:
    """Return those that are the first of their message and address, and of those that were there
    before the ones that have learnt something from the others."""
    entries = {row.entry_id for row in rows}
    there = {_key(each): each for each in Bounce.objects.filter(entry__in=entries)}
    first: dict[_Key, Bounce] = {}
    taught: dict[_Key, Bounce] = {}
    for row in rows:
        key = _key(row)
        if key not in there:
            _teach(first.setdefault(key, row), row)
        elif _teach(there[key], row):
            taught[key] = there[key]
    return list(first.values()), list(taught.values())


def _key(row: Bounce) -> _Key:
    return row.entry_id, row.address


def _teach(old: Bounce, new: Bounce) -> bool:
    """Give a bounce what another source tells later: a code with its words, and whose words they
    are. Returns whether it did not know that."""
    brings_code = bool(new.code and not old.code)
    brings_proof = new.is_proven and not old.is_proven
    if brings_code:
        old.code, old.text, old.said_elsewhere = new.code, new.text, new.said_elsewhere
    old.is_proven |= new.is_proven
    return brings_code or brings_proof
