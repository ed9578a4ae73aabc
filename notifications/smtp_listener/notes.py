"""What is written down after the answer, in groups: sessions, and refusals in the log."""

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass

from django.utils import timezone

from notifications.i18n import gettext_noop as _
from notifications.i18n import storable
from notifications.log import entries
from notifications.models import Attempt, Notification, SmtpClient, SmtpSession

from .answers import Answer
from .transcript import Transcript

FOLDED_FOR = 600  # seconds
_MOST_KINDS = 1000
# Of those who are no client, so many kinds of refusals are written in that time.
_MOST_STRANGERS = 100

_REFUSED = storable(_("The SMTP listener answered: %(answer)s"))
_MORE = storable(_("The SMTP listener answered %(count)s more times within 10 minutes: %(answer)s"))
_NOBODY = "SMTP: (no client)"


@dataclass(frozen=True, slots=True)
class Refusal:
    client: SmtpClient | None
    peer: str
    answer: Answer
    why: str = ""
    mail_from: str = ""
    recipients: tuple[str, ...] = ()

    @property
    def kind(self) -> tuple[str, str]:
        who = f"client {self.client.pk}" if self.client else self.peer
        return who, str(self.answer)


class Notes:
    """Is told from the event loop; `write` runs in a thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sessions: list[tuple[int, Transcript]] = []
        self._refusals: list[Refusal] = []
        # When a kind of refusal was first met, and how often since.
        self._kinds: OrderedDict[tuple[str, str], tuple[float, int, Refusal]] = OrderedDict()

    def session(self, client: SmtpClient, transcript: Transcript) -> None:
        with self._lock:
            self._sessions.append((client.pk, transcript))

    def refusal(self, refusal: Refusal) -> None:
        with self._lock:
            since, count, first = self._kinds.get(refusal.kind, (0.0, 0, refusal))
            if time.monotonic() - since < FOLDED_FOR and refusal.kind in self._kinds:
                self._kinds[refusal.kind] = (since, count + 1, first)
            elif refusal.client or self._strangers() < _MOST_STRANGERS:
                self._kinds[refusal.kind] = (time.monotonic(), 0, refusal)
                self._refusals.append(refusal)
            if len(self._kinds) > _MOST_KINDS:
                self._kinds.popitem(last=False)

    def write(self, *, all_of_it: bool = False) -> None:
        """Write what came since the last time, and what was folded for long enough."""
        with self._lock:
            sessions, self._sessions = self._sessions, []
            refusals, self._refusals = self._refusals, []
            over = self._over(all_of_it)
        Attempt.objects.bulk_create(
            [_entry(each, _REFUSED % {"answer": each.answer}) for each in refusals]
            + [
                _entry(each, _MORE % {"answer": each.answer, "count": count})
                for count, each in over
            ]
        )
        for client, transcript in sessions:
            _keep(client, transcript)

    def _over(self, all_of_it: bool) -> list[tuple[int, Refusal]]:
        found = []
        for kind, (since, count, first) in list(self._kinds.items()):
            if all_of_it or time.monotonic() - since >= FOLDED_FOR:
                del self._kinds[kind]
                if count:
                    found.append((count, first))
        return found

    def _strangers(self) -> int:
        return sum(first.client is None for _since, _count, first in self._kinds.values())


def _entry(refusal: Refusal, error: str) -> Attempt:
    client = refusal.client
    row = Notification(
        initiator=client.initiator if client else _NOBODY,
        from_address=refusal.mail_from[:400],
        to=list(refusal.recipients),
    )
    entry = entries.refusal(row, error=error, code="SmtpRefused", account="", now=timezone.now())
    entry.message = " ".join(filter(None, [refusal.peer, refusal.why]))[:2000]
    entry.submitted = False
    return entry


def _keep(client: int, transcript: Transcript) -> None:
    if not SmtpClient.objects.filter(pk=client).exists():
        return
    SmtpSession.objects.create(
        client_id=client,
        at=transcript.at,
        peer=transcript.peer or None,
        encryption=transcript.encryption[:20],
        lines=transcript.lines,
        queued=transcript.queued,
    )
    SmtpSession.objects.keep_last(client)
