"""A point of the checklist, and what is found at it: plain values."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from notifications.backends.errors import Answer
from notifications.backends.explanations.explain import explain
from notifications.queue.holding.obstacles import Obstacle

from .facts import NO_ANSWER


class State(StrEnum):
    OK = "ok"
    WRONG = "wrong"
    NOT_CHECKED = "not checked"


class Group(StrEnum):
    """Where the point lies: on this machine, with Microsoft, in the processes that run."""

    HERE = "here"
    MICROSOFT = "microsoft"
    RUNNING = "running"


@dataclass(frozen=True, slots=True)
class Finding:
    """`detail` is what was found or why it was not checked, `fix` what to do; `answer` holds
    Microsoft's own code and words where there are any."""

    code: str
    label: str
    state: State
    detail: str = ""
    fix: str = ""
    answer: Answer = NO_ANSWER
    group: Group = Group.HERE

    def as_json(self) -> dict[str, str]:
        return {
            "check": self.code,
            "label": self.label,
            "state": self.state,
            "detail": self.detail,
            "fix": self.fix,
            "microsoft_code": self.answer.code,
            "message": self.answer.message,
            "request_id": self.answer.request_id,
        }


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that an installation needs; each method is a finding that it can come to."""

    code: str
    label: str

    def ok(self, detail: str, advice: str = "") -> Finding:
        return Finding(self.code, self.label, State.OK, detail, advice)

    def wrong(self, detail: str, fix: str, answer: Answer = NO_ANSWER) -> Finding:
        return Finding(self.code, self.label, State.WRONG, detail, fix, answer)

    def refused(self, answer: Answer, *, host: str = "") -> Finding:
        """It is wrong, for the reason that Microsoft or the way to it gave."""
        explanation = explain(answer, translate=_)
        detail = f"{explanation.happened} {explanation.why}"
        return self.wrong(f"{host}: {detail}" if host else detail, explanation.what_to_do, answer)

    def stopped(self, obstacle: Obstacle) -> Finding:
        """It is wrong, because it holds all mail back."""
        detail = f"{obstacle.text} {obstacle.why}".strip()
        return self.wrong(detail, obstacle.what_to_do, Answer(code=obstacle.microsoft_code))

    def unchecked(self, why: str) -> Finding:
        return Finding(self.code, self.label, State.NOT_CHECKED, why)

    def unread(self) -> Finding:
        return self.unchecked(_("The database can't be used."))

    def unasked(self, found: str = "") -> Finding:
        asked = _("Not run yet.")
        return self.unchecked(f"{found}. {asked}" if found else asked)
