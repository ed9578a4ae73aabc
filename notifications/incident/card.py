"""The card on top of Dashboard and Notification Queue: that all is well, or what is wrong."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications.counts import Counted
from notifications.log import figures
from notifications.models import EmailSettings
from notifications.models.status import Status
from notifications.queue import overview, waiting
from notifications.queue.holding.obstacles import Meaning
from notifications.queue.overview import QueueStatus

from . import causes, notices, retries
from .causes import Cause
from .notices import Notice
from .retries import Progress

GOOD = "good"  # nothing is wrong
# The age of the oldest is said beside the cause, where there is one.
_OLD = "old"


@dataclass(frozen=True, slots=True)
class Card:
    """`meaning` is that of the title, or GOOD. `notices` are what the title is made of and all
    else that is to be seen, the most urgent first."""

    meaning: str
    title: str
    notices: list[Notice]
    status: QueueStatus
    sent_today: int
    causes: list[Cause]
    retries: list[Progress]
    stopped_since: datetime | None = None

    @property
    def first(self) -> Notice | None:
        """The notice that the title says."""
        is_titles = self.notices and self.notices[0].text == self.title
        return self.notices[0] if is_titles else None

    @property
    def others(self) -> list[Notice]:
        return self.notices[1:] if self.first else self.notices

    @property
    def is_paused(self) -> bool:
        return self.status.state.paused_at is not None

    @property
    def asks_whose(self) -> bool:
        """Say whether a person has to tell what became of the database."""
        return self.status.state.is_foreign or self.status.state.is_copy


def read(user: Any, saved: EmailSettings, *, now: datetime) -> Card:
    """Make the card for a person. It costs the same few queries, whatever queue and log hold."""
    status = overview.read(now=now, saved=saved)
    held = any(each.holds_mail for each in status.obstacles)
    found = [each for each in status.obstacles if each.code != _OLD or not held]
    waits = waiting.in_words(status.waits.due) if status.waits.due else ""
    told = notices.of(found, user, saved, state=status.state, waits=waits, now=now)
    sent = figures.sent_today(now=now)
    failed: list[Cause] = []
    if status.counts[Status.FAILED]:
        failed = causes.of_failed(saved, now=now)
    meaning, title = _title(told, status, sent)
    return Card(
        meaning,
        title,
        told,
        status,
        sent,
        failed,
        retries.recent(now=now),
        stopped_since=status.waits.oldest_at if status.waits_since_long(now=now) else None,
    )


def _title(told: list[Notice], status: QueueStatus, sent: int) -> tuple[str, str]:
    """Say the most urgent: what stops mail, what a person has to do, what passes."""
    worst = told[0] if told else None
    if worst and worst.meaning in (Meaning.STOPPED, Meaning.NEEDS_YOU):
        return worst.meaning, worst.text
    if status.needs_you:
        text = ngettext(
            "%(n)s notification needs you", "%(n)s notifications need you", status.needs_you
        )
        return Meaning.NEEDS_YOU, text % {"n": Counted(status.needs_you)}
    if worst:
        return worst.meaning, worst.text
    if status.waiting:
        text = ngettext(
            "%(n)s notification is waiting to be sent",
            "%(n)s notifications are waiting to be sent",
            status.waiting,
        )
        return Meaning.PASSES, text % {"n": Counted(status.waiting)}
    return GOOD, _("All good: %(n)s sent today") % {"n": Counted(sent)}
