"""What the points of the checklist are judged by, and what comes of it: plain values."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from notifications.backends.errors import Answer
from notifications.mailbox.connection import Connection
from notifications.models import MicrosoftAccount, Worker

NO_ANSWER = Answer()


class State(StrEnum):
    OK = "ok"
    WRONG = "wrong"
    NOT_CHECKED = "not checked"


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
class Tried:
    """Something that was asked of Microsoft. It worked where `answer` has no code; `skipped`
    says why it was not tried."""

    answer: Answer = NO_ANSWER
    detail: str = ""
    skipped: str = ""


@dataclass(frozen=True, slots=True)
class Outside:
    """`clock_off` is how far this machine's clock is ahead of Microsoft's."""

    login: Tried
    mail: Tried
    tenant: Tried
    renewal: Tried
    mailbox: Tried
    clock_off: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """What the database holds. `unreadable` names the secrets that no key opens."""

    connection: Connection
    account: MicrosoftAccount | None
    is_foreign: bool
    is_copy: bool
    beat_seen_at: datetime | None
    workers: list[Worker]
    unreadable: list[str]


@dataclass(frozen=True, slots=True)
class Facts:
    """`browser_host` is where the page was opened ("" without a browser), `proxies` those of the
    environment by host. The problems are "" where there is none. Without a usable database
    `stored` is None, before Microsoft was asked `outside`."""

    now: datetime
    public_url: str
    browser_host: str
    proxies: dict[str, str]
    database_problem: str
    unapplied: list[str]
    redis_problem: str
    folder_problem: str
    stored: Stored | None
    outside: Outside | None = None
