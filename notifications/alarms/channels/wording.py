"""An event in words, for the channels that people read."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from notifications.alarms.events import CLEARED, TEST
from notifications.moments import exact


@dataclass(frozen=True, slots=True)
class Wording:
    """`lines` are paragraphs, `facts` are pairs of a name and a value. `is_bad` says that mail has
    stopped or soon will."""

    title: str
    lines: list[str]
    facts: list[tuple[str, str]]
    is_bad: bool


def worded(body: str, *, language: str) -> Wording:
    """Say the event in a language. The texts of its alarm are in that language already."""
    event = json.loads(body)
    with translation.override(language), timezone.override(UTC):
        said = _test() if event["event"] == TEST else _alarm(event)
        said.facts.insert(0, (_("Installation"), event["installation"]))
    return said


def _test() -> Wording:
    text = _("Alarms of Mail Connector will arrive here.")
    return Wording(_("This is a test"), [text], [], is_bad=False)


def _alarm(event: dict[str, Any]) -> Wording:
    alarm = event["alarm"]
    is_over = event["event"] == CLEARED
    title = _("Over: %(alarm)s") % {"alarm": alarm["text"]} if is_over else alarm["text"]
    lines = [] if is_over else [line for line in (alarm["why"], alarm["what_to_do"]) if line]
    facts = [
        (_("Microsoft's code"), alarm["microsoft_code"]),
        (_("Since"), _time(alarm["raised_at"])),
        (_("Until"), _time(alarm["cleared_at"])),
    ]
    known = [(name, value) for name, value in facts if value]
    return Wording(title, lines, known, is_bad=not is_over)


def _time(text: str | None) -> str:
    return f"{exact(datetime.fromisoformat(text))} UTC" if text else ""
