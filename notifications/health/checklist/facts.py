"""What the points of the checklist are judged by: plain values."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from notifications.backends.errors import Answer
from notifications.mailbox.connection import Connection
from notifications.models import MicrosoftAccount, Worker
from notifications.queue.holding.obstacles import Obstacle
from notifications.queue.holding.smtp_certificate import Certificate

NO_ANSWER = Answer()


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
    """What the database holds. `unreadable` names the secrets that no key opens, `obstacles` are
    those on the way; `standstill` is there where no worker goes on with what is due. `orphans` are
    API keys in use of people who are deactivated."""

    connection: Connection
    account: MicrosoftAccount | None
    is_foreign: bool
    is_copy: bool
    beat_seen_at: datetime | None
    workers: list[Worker]
    unreadable: list[str]
    obstacles: list[Obstacle] = field(default_factory=list)
    standstill: Obstacle | None = None
    orphans: list[str] = field(default_factory=list)

    def obstacle(self, *codes: str) -> Obstacle | None:
        """Return the one of them that keeps mail here until a person acts."""
        stopped = [each for each in self.obstacles if each.stops_mail and each.on_every_page]
        return next((each for each in stopped if each.code in codes), None)


@dataclass(frozen=True, slots=True)
class Listening:
    """The SMTP listener, while it is on: how many of its addresses on this machine were tried
    without signing in, and which let a stranger send. `trouble` has what the listeners say of
    themselves, stored sentences."""

    runs: bool
    tried: int
    problems: list[str]
    trouble: Sequence[str] = ()
    certificate: Certificate = field(default_factory=Certificate)


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is judged. `browser_host` is where the page was opened ("" without a browser),
    `proxies` are those of the environment by host. A problem is "" where there is none. `stored`
    is None without a usable database, `outside` before Microsoft was asked, `smtp` while it is
    off."""

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
    smtp: Listening | None = None
