"""Make the rows of message trace from what was sent: one for each message and recipient."""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from exchange_emulator.clock import iso
from exchange_emulator.storage.submissions import Submission
from exchange_emulator.trace.fates import Fate
from exchange_emulator.world import World


@dataclass(frozen=True)
class Wanted:
    """Hold a filter as it counts: one value for each property."""

    texts: dict[str, str]
    since: float
    until: float


def found(world: World, tenant_id: str, wanted: Wanted) -> list[dict[str, Any]]:
    """Return the rows that match, newest first."""
    delay = int(world.switches.values["delay"])
    now = world.clock.now()
    rows = []
    for submission in reversed(world.submissions.read()):
        at = submission.received_at
        if not wanted.since <= at <= wanted.until or at + delay > now:
            continue
        user = world.directory.user(submission.mailbox)
        if user is None or user.tenant_id != tenant_id:
            continue
        rows += [
            row
            for recipient in submission.envelope["recipients"]
            if matches(row := of(world, submission, recipient, now=now), wanted.texts)
        ]
    return rows


def matches(row: dict[str, Any], texts: dict[str, str]) -> bool:
    return all(
        fnmatchcase(str(row.get(name) or "").lower(), text.lower())
        if text.startswith("*@")
        else str(row.get(name) or "").lower() == text.lower()
        for name, text in texts.items()
    )


def of(world: World, submission: Submission, recipient: str, *, now: float) -> dict[str, Any]:
    envelope = submission.envelope
    fate = world.fates.of(recipient)
    is_over = now >= submission.received_at + fate.after
    is_inside = world.directory.user(recipient) is not None
    keeps = world.switches.values["keeps_message_id"]
    leaves = is_over and fate.status == "delivered" and not is_inside
    return {
        "id": row_id(submission),
        "senderAddress": envelope["from"],
        "recipientAddress": recipient,
        "messageId": envelope["message_id"] if keeps else f"<{row_id(submission)}@emulator>",
        "receivedDateTime": iso(submission.received_at),
        "subject": envelope["subject"],
        "size": 4711,
        "fromIP": "203.0.113.7",
        "toIP": "198.51.100.25" if leaves else None,
        "status": fate.status if is_over else "pending",
    }


def row_id(submission: Submission) -> str:
    return str(uuid5(NAMESPACE_OID, f"trace {submission.n} {submission.item}"))


def details(fate: Fate, at: float, *, message_id: str) -> list[dict[str, Any]]:
    """Return the events of one row; a failure has its reason in the last one."""
    events = [_event("Receive", "Message received by: EMULATOR.PROD.OUTLOOK.COM", at)]
    if fate.status == "failed":
        reason = f"Reason: [{{LED={fate.text or fate.code};{{MSG=}};{{FQDN=}};{{IP=}}}}]"
        events.append(_event("Fail", reason, at + fate.after))
    else:
        events.append(_event(fate.status.capitalize(), "", at + fate.after))
    return [event | {"messageId": message_id} for event in events]


def _event(name: str, text: str, at: float) -> dict[str, Any]:
    return {
        "id": str(uuid5(NAMESPACE_OID, f"{name} {at}")),
        "event": name,
        "action": "",
        "description": text,
        "data": "",
        "dateTime": iso(at),
    }
