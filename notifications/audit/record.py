"""The one function that writes an act down: a row in the act's transaction and, once that is
committed, one JSON line on the logger `mailconnector.audit`."""

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from notifications.models import AuditEvent
from notifications.models.audit.act import Act, ActorKind
from notifications.models.rows import LARGEST_ROW_NUMBER

logger = logging.getLogger("mailconnector.audit")
_LONGEST_WHO, _LONGEST_NAME = 150, 200
_PIECE = 500  # rows of one INSERT


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and from which address. `number` is that of the user or of the API key."""

    kind: ActorKind
    who: str = ""
    number: int | None = None
    address: str = ""


CONNECTOR = Actor(ActorKind.CONNECTOR)
COMMAND = Actor(ActorKind.COMMAND, "manage.py")


@dataclass(frozen=True, slots=True)
class Target:
    """What an act is done with: a model's label, a row's number and what it is called."""

    type: str = ""
    number: int | None = None
    name: str = ""

    @classmethod
    def of(cls, row: Model, name: str | None = None) -> "Target":
        number = row.pk if isinstance(row.pk, int) and row.pk <= LARGEST_ROW_NUMBER else None
        return cls(row._meta.label_lower, number, str(row) if name is None else name)

    @classmethod
    def all_of(cls, model: Any) -> "Target":
        """Return all rows of a model together, or the one row that it has."""
        return cls(model._meta.label_lower)


NOTHING = Target()


def record(
    act: Act,
    by: Actor,
    on: Target = NOTHING,
    *,
    messages: Iterable[int] = (),
    kept: bool = True,
    **details: Any,
) -> None:
    """Write an act down. `messages` are the numbers of the notifications that it concerns; of
    several there is one event all the same. `details` are plain data, and no secret is among them.
    Without `kept` there is the line alone, which costs no room."""
    event = _event(act, by, on, details)
    _name_messages(event, sorted(set(messages)))
    if kept:
        event.save()
    _tell([event])


def record_each(act: Act, by: Actor, targets: Iterable[Target]) -> None:
    """Write down that the same was done with each of many, in a few statements."""
    events = [_event(act, by, on, {}) for on in targets]
    AuditEvent.objects.bulk_create(events, batch_size=_PIECE)
    _tell(events)


def _event(act: Act, by: Actor, on: Target, details: dict[str, Any]) -> AuditEvent:
    return AuditEvent(
        at=timezone.now(),
        act=act,
        by=by.kind,
        who=_clean(by.who, _LONGEST_WHO),
        who_number=by.number,
        address=by.address,
        object_type=on.type,
        object_number=on.number,
        object_name=_clean(on.name, _LONGEST_NAME),
        details=details,
    )


def _tell(events: list[AuditEvent]) -> None:
    for event in events:
        transaction.on_commit(lambda event=event: logger.info("%s", line(event)))  # type: ignore[misc]


def line(event: AuditEvent) -> str:
    """Return an event as one line of JSON, without what is empty."""
    target = {"type": event.object_type, "number": event.object_number, "name": event.object_name}
    told = {
        "at": event.at.isoformat(),
        "level": "INFO",
        "logger": logger.name,
        "event": event.pk,
        "act": str(event.act),
        "by": str(event.by),
        "who": event.who,
        "who_number": event.who_number,
        "address": event.address,
        "object": _present(target),
        "messages": ranges(event.messages),
        "details": event.details,
    }
    return json.dumps(_present(told), ensure_ascii=True)


def ranges(messages: str) -> str:
    """Write the numbers of many messages short: `17-23 40`."""
    found: list[list[int]] = []
    for number in map(int, messages.split()):
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return " ".join(str(a) if a == b else f"{a}-{b}" for a, b in found)


def partly(address: str) -> str:
    """Return an address so that one knows it again who knows it: the trail outlives what *Find and
    erase an address* deletes."""
    local, _at, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}"


def _name_messages(event: AuditEvent, numbers: list[int]) -> None:
    if not numbers:
        return
    event.object_type = event.object_type or AuditEvent.MESSAGE
    is_of_messages = event.object_type == AuditEvent.MESSAGE
    if is_of_messages and len(numbers) == 1 and event.object_number is None:
        event.object_number = numbers[0]
    elif not is_of_messages or [event.object_number] != numbers:
        event.messages = f" {' '.join(map(str, numbers))} "
        event.details = {**event.details, "messages": len(numbers)}
        event.first_message, event.last_message = numbers[0], numbers[-1]


def _present(told: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if value not in ("", None, {}, [])}


def _clean(text: str, longest: int) -> str:
    """Return one line without control characters, which a name or a path may have."""
    return "".join(sign if sign.isprintable() else " " for sign in text)[:longest]
