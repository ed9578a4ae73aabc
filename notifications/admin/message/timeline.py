"""A message's journey, oldest first: queued, each attempt with its explanation, and its end."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from notifications.backends.explanations.explain import Explanation, Reaction, explain
from notifications.models import Attempt, Notification
from notifications.models.attempt import Result
from notifications.models.status import Status

MOST = 50  # attempts that are shown, the newest


@dataclass(slots=True)
class Step:
    """What happened at a time. `kind` chooses the colour. `earlier` are attempts before it that
    ended alike."""

    at: datetime
    kind: str
    text: str
    entry: Attempt | None = None
    explanation: Explanation | None = None
    earlier: list[Attempt] = field(default_factory=list)

    @property
    def tone(self) -> str:
        """The colour of its explanation. That of a deferred attempt means that it passes by itself:
        what a person has to end is no such thing."""
        found = self.explanation
        passes = not found or found.passes or found.reaction is Reaction.SETTLE
        return self.kind if passes or self.kind != Result.DEFERRED else "needs-you"


def steps(row: Notification, entries: Sequence[Attempt]) -> list[Step]:
    """Return the journey; `entries` are its attempts, newest first."""
    found = [*_beginning(row, entries), *_attempts(entries), *_end(row, entries)]
    return sorted(found, key=lambda step: step.at)


def trouble(row: Notification, journey: Sequence[Step]) -> Step | None:
    """Return the step that explains why the message has not left, if it has not."""
    if row.status not in (Status.PENDING, Status.FAILED, Status.UNCONFIRMED) or not row.error:
        return None
    return next((step for step in reversed(journey) if step.explanation), None)


def explained(entry: Attempt) -> Explanation:
    return explain(
        entry.answer,
        submitted=entry.submitted,
        from_=entry.from_address,
        account=entry.account,
        translate=_,
    )


def _beginning(row: Notification, entries: Sequence[Attempt]) -> Iterator[Step]:
    text = _("Queued by %(who)s") % {"who": row.initiator} if row.initiator else _("Queued")
    yield Step(row.queued_at, "", text)
    if row.retried_at:
        # Attempts before it are shown as well, so it stands where it happened.
        yield Step(row.retried_at, "", _told_to_go(row, row.retried_at, entries))


def _told_to_go(row: Notification, at: datetime, entries: Sequence[Attempt]) -> str:
    """Say what a person did at this time, and who it was if the row knows."""
    retry = row.bulk_retry
    if retry and retry.by and retry.at == at:
        return _("Retried by %(who)s") % {"who": retry.by}
    if row.scheduled_for and at < row.scheduled_for:
        return _("Sent before its time by a person")
    before = next((entry for entry in entries if entry.at <= at), None)
    if before and before.result == Result.UNCONFIRMED:
        return _("Sent again by a person")
    return _("Retried by a person")


def _attempts(entries: Sequence[Attempt]) -> Iterator[Step]:
    step: Step | None = None
    for entry in reversed(entries):
        if step and step.entry and _is_alike(step.entry, entry):
            step.earlier.append(step.entry)
            step.at, step.entry = entry.at, entry
            continue
        if step:
            yield step
        explanation = explained(entry) if entry.error else None
        step = Step(entry.at, entry.result, entry.get_result_display(), entry, explanation)
    if step:
        yield step


def _is_alike(one: Attempt, other: Attempt) -> bool:
    both_wait = one.result == other.result == Result.DEFERRED
    return both_wait and (one.code, one.http_status) == (other.code, other.http_status)


def _end(row: Notification, entries: Sequence[Attempt]) -> Iterator[Step]:
    """Tell the rest of the journey, which no attempt tells."""
    if row.accepted_at and not any(entry.result == Result.ACCEPTED for entry in entries):
        yield Step(row.accepted_at, "accepted", _("Marked as sent"))
    if row.taken_out_at:
        yield Step(row.taken_out_at, "", str(Status(row.status).label))
