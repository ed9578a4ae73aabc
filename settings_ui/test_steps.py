"""The steps of a test, kept in the session for the page that comes after it."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext

from notifications.backends.explanations.explain import explain
from notifications.models import Attempt
from notifications.queue.trial import Step


def last_states(steps: Iterable[Step]) -> list[Step]:
    """Each step in its last state, in order."""
    return list({str(step.name): step for step in steps}.values())


def is_sent(step: Step) -> bool:
    """Whether it ends a test that went out."""
    return step.entry is not None and step.state == "done"


def kept(steps: Iterable[Step]) -> list[dict[str, Any]]:
    """As JSON; the log entry by its number."""
    return [
        {
            "name": str(step.name),
            "state": step.state,
            "detail": str(step.detail),
            "entry": step.entry.pk if step.entry else None,
        }
        for step in steps
    ]


def restored(rows: Iterable[dict[str, Any]]) -> list[Step]:
    return [_restored(row) for row in rows]


def _restored(row: dict[str, Any]) -> Step:
    entry = Attempt.objects.filter(pk=row["entry"]).first() if row["entry"] else None
    failed = entry is not None and row["state"] == "failed"
    explanation = (
        explain(entry.answer, from_=entry.from_address, account=entry.account, translate=gettext)
        if entry and failed
        else None
    )
    return Step(row["name"], row["state"], row["detail"], entry, explanation)
