"""Log entries, in any number, as a busy service desk has them in 90 days: people with some mail and
domains with much, and deferred attempts before the one that went."""

import random
import uuid
from collections.abc import Iterable, Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

DAYS = 90
ACCOUNT, OTHER = "servicedesk@contoso.example", "approvals@contoso.example"
APPLICATIONS = ("Ticket system", "ERP", "Monitoring", "admin")
SUBJECTS = [
    "printer", "invoice", "password", "vacation request", "laptop", "server room", "network share",
    "access right", "license", "monitor", "backup job", "meeting room", "purchase order", "phone",
    "badge", "front door", "update", "monthly report", "login", "shared folder",
]  # fmt: skip
NEWS = [
    "is broken", "was approved", "needs your attention", "has been closed", "was assigned to you",
    "is overdue", "has a new comment", "was reopened",
]  # fmt: skip
_FIRST = [a + b for a in "al be co da er fi ga ha in jo ka lu".split()
          for b in "na rtin ber la ssa vin mir ke rah tte".split()]  # fmt: skip
_LAST = [a + b + c for a in "ma schu we hoff la bar ko ros pe wi".split()
         for b in "l mm rn ch tt ss".split()
         for c in "er mann berg son ova etti ski ier dal wood".split()]  # fmt: skip
_DOMAINS = ["contoso", *(f"{a}{b}" for a in _LAST[::9] for b in ("", "-group", "tech", "consult"))]
_ERRORS = {
    "failed": ("ErrorInvalidRecipients", "A recipient was refused.", 400),
    "deferred": ("ErrorServerBusy", "Exchange is busy.", 503),
    "refused": ("AttachmentLimitExceeded", "The attachments are too large.", 0),
    "unconfirmed": ("NoAnswerKept", "Microsoft's answer was lost.", 0),
    "accepted": ("", "", 202),
}
_DELIVERIES = random.Random(4).choices(
    ["delivered", "failed", "quarantined", "spam", "pending", ""],
    weights=[900, 30, 10, 5, 5, 50],
    k=100_000,
)
_CODES = ("5.1.10", "5.1.1", "5.2.2", "5.7.1", "5.4.1", "")
_TESTS, _EWS, _USUAL, _DEFERRED_AGAIN = 0.0005, 0.02, 0.99, 0.4  # shares of all entries
_RESULTS = random.Random(1).choices(
    ["accepted", "failed", "deferred", "refused", "unconfirmed"],
    weights=[960, 12, 25, 2, 1],
    k=100_000,
)


def entries(count: int, *, now: Any) -> Iterator[SimpleNamespace]:
    """Yield entries, oldest first."""
    chance = random.Random(2)
    step = timedelta(days=DAYS) / count
    at, deferred = now - timedelta(days=DAYS), None
    for i in range(count):
        at += step
        row = _again(deferred, chance) if deferred else _entry(i, chance)
        row.at = at
        row.superseded_at = at + step if row.result == "deferred" else None
        deferred = row if row.result == "deferred" else None
        yield row


def _entry(number: int, chance: random.Random) -> SimpleNamespace:
    first, last = chance.choice(_FIRST), _LAST[int(len(_LAST) * chance.random() ** 2)]
    domain = _DOMAINS[int(len(_DOMAINS) * chance.random() ** 3)]
    subject = SUBJECTS[int(len(SUBJECTS) * chance.random() ** 2)]
    return _answered(
        SimpleNamespace(
            is_test=chance.random() < _TESTS,
            account=ACCOUNT,
            from_address=f"Service Desk <{ACCOUNT}>" if chance.random() < _USUAL else OTHER,
            initiator=chance.choice(APPLICATIONS),
            recipients=f"{first.title()} {last.title()} <{first}.{last}@{domain}.example>",
            recipient_count=1,
            subject=f"Ticket #{100_000 + number // 3}: {subject} {chance.choice(NEWS)}",
            message_id=f"<{_id(chance)}@contoso.example>",
            api="ews" if chance.random() < _EWS else "graph",
        ),
        chance.choice(_RESULTS),
        chance,
    )


def _again(row: SimpleNamespace, chance: random.Random) -> SimpleNamespace:
    """Return the next attempt of a deferred entry."""
    result = "deferred" if chance.random() < _DEFERRED_AGAIN else "accepted"
    return _answered(SimpleNamespace(**vars(row)), result, chance)


def _answered(row: SimpleNamespace, result: str, chance: random.Random) -> SimpleNamespace:
    row.result = result
    row.delivery = chance.choice(_DELIVERIES) if result == "accepted" else ""
    row.delivered_count = int(row.delivery == "delivered")
    row.code, row.error, row.http_status = _ERRORS[result]
    row.message = row.error
    row.request_id, row.client_request_id = _id(chance), _id(chance)
    row.duration_ms, row.size = chance.randrange(100, 900), chance.randrange(2000, 90_000)
    row.charset, row.note, row.worker = "utf-8", "", "worker@host:1"
    return row


def _id(chance: random.Random) -> str:
    return str(uuid.UUID(int=chance.getrandbits(128)))


def fill(count: int, *, now: Any) -> None:
    """Fill the log with `count` entries and nothing else. PostgreSQL makes its indexes after."""
    from django.db import connection

    from notifications.models import Attempt, Bounce, DeliveryFact

    for model in (DeliveryFact, Bounce, Attempt):
        model.objects.all()._raw_delete("default")
    names = [field.column for field in Attempt._meta.concrete_fields if not field.primary_key]
    rows = ([_value(row, name, Attempt) for name in names] for row in entries(count, now=now))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _copy(cursor, names, rows)
        else:
            places = ", ".join(["%s"] * len(names))
            cursor.executemany(
                f"INSERT INTO notifications_attempt ({', '.join(names)}) VALUES ({places})",  # noqa: S608
                rows,
            )
    _fill_failures()


def _fill_failures() -> None:
    """Give each entry that was not delivered its bounce, and a fact with the reason."""
    from notifications.models import Attempt, Bounce, DeliveryFact

    chance = random.Random(5)
    failed = Attempt.objects.filter(delivery="failed").exclude(delivery="")
    bounces, facts = [], []
    for pk, at, recipients in failed.values_list("pk", "at", "recipients").iterator():
        address = recipients.partition("<")[2].rstrip(">").lower()
        said = {"code": chance.choice(_CODES), "text": "550 refused by the recipient's server"}
        bounces.append(Bounce(entry_id=pk, address=address, at=at, **said))
        values = {"source": "report", "state": "failed", **said}
        facts.append(DeliveryFact(entry_id=pk, recipient=address, at=at, **values))
    Bounce.objects.bulk_create(bounces, batch_size=2000)
    DeliveryFact.objects.bulk_create(facts, batch_size=2000)


def _value(row: SimpleNamespace, name: str, model: Any) -> Any:
    if name == "search":
        return model(**vars(row)).search_text()
    if not hasattr(row, name):
        field = model._meta.get_field(name)
        return None if field.null else field.get_default()
    return getattr(row, name)


def _copy(cursor: Any, names: list[str], rows: Iterable[list[Any]]) -> None:
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes "
        "WHERE tablename = 'notifications_attempt' AND indexname NOT LIKE '%_pkey'"
    )
    indexes = cursor.fetchall()
    cursor.execute("TRUNCATE notifications_attempt CASCADE")
    for name, _definition in indexes:
        cursor.execute(f'DROP INDEX "{name}"')
    with cursor.copy(f"COPY notifications_attempt ({', '.join(names)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    cursor.execute("SET maintenance_work_mem = '1GB'")
    for _name, definition in indexes:
        cursor.execute(definition)
    cursor.execute("VACUUM ANALYZE notifications_attempt")
