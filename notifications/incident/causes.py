"""Failed notifications by their cause: Microsoft's code, and the sentence that explains it."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Max, Min, Q, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext

from notifications.backends.errors import Answer
from notifications.backends.explanations.explain import Explanation, Reaction
from notifications.i18n import shown
from notifications.models import EmailSettings, Notification
from notifications.models.status import Status
from notifications.models.transitions.rows import waits_since
from notifications.queue.outgoing import default_sender

from . import remedy

SHOWN = 20  # causes; a person can look at no more at once


@dataclass(frozen=True, slots=True)
class Cause:
    """`error` is the English sentence of the rows. `expired` of them would never leave. `account`
    and the most frequent `senders`, beside whom there are `more_senders`, fill in ready commands;
    a sender "" is the default one."""

    code: str
    error: str
    status: int
    count: int
    expired: int
    oldest_at: datetime
    senders: tuple[str, ...] = ()
    more_senders: int = 0
    default_sender: str = ""
    account: str = ""

    @property
    def key(self) -> str:
        """A short name for an address."""
        return key_of(self.code, self.error)

    @property
    def text(self) -> str:
        return shown(self.error, gettext) or gettext("Failed for an unknown reason.")

    @property
    def shown_code(self) -> str:
        return self.code or (str(self.status) if self.status else "")

    @property
    def what_to_do(self) -> str:
        return self._explanation.what_to_do if self.shown_code else ""

    @property
    def fails_again(self) -> bool:
        """Say whether another try fails as well unless somebody does what is to do."""
        return bool(self.shown_code) and self._explanation.reaction is Reaction.FAIL

    @property
    def _explanation(self) -> Explanation:
        return remedy.explain_for(
            [each or self.default_sender for each in self.senders],
            Answer(self.status, self.code),
            account=self.account,
            more=self.more_senders,
        )


def key_of(code: str, error: str) -> str:
    return hashlib.sha256(f"{code}\n{error}".encode()).hexdigest()[:12]


def with_key(key: str, saved: EmailSettings, *, now: datetime) -> Cause | None:
    return next((each for each in of_failed(saved, now=now) if each.key == key), None)


def of_failed(saved: EmailSettings, *, now: datetime) -> list[Cause]:
    """Return the causes of all that has failed, the most frequent first, in two queries. Their
    commands have the addresses of the settings."""
    groups: Any = (
        Notification.objects.filter(status=Status.FAILED)
        .order_by()
        .values("error_code", "error")
        .annotate(
            status=Max("error_status"),
            count=Count("pk"),
            expired=Count("pk", filter=Q(expires_at__lt=now)),
            oldest_at=Min(waits_since()),
        )
        .order_by("-count", "error_code", "error")[:SHOWN]
    )
    found = list(groups)
    senders = _senders({group["error_code"] for group in found})
    account = saved.account.address if saved.account else ""
    return [
        Cause(
            group["error_code"],
            group["error"],
            group["status"],
            group["count"],
            group["expired"],
            group["oldest_at"],
            *senders.get((group["error_code"], group["error"]), ((), 0)),
            default_sender=default_sender(saved),
            account=account,
        )
        for group in found
    ]


def _senders(codes: set[str]) -> dict[tuple[str, str], tuple[tuple[str, ...], int]]:
    """Return the most frequent From addresses of each cause whose commands name one, and how many
    others there are."""
    asking = [code for code in codes if remedy.asks_for_sender(Answer(code=code))]
    if not asking:
        return {}
    cause = [F("error_code"), F("error")]
    order = [F("count").desc(), F("from_address").asc()]
    counted: Any = (
        Notification.objects.filter(status=Status.FAILED, error_code__in=asking)
        .order_by()
        .values("error_code", "error", "from_address")
        .annotate(count=Count("pk"))
        .annotate(
            place=Window(RowNumber(), partition_by=cause, order_by=order),
            senders=Window(Count("*"), partition_by=cause),
        )
        .filter(place__lte=remedy.MOST)
        .order_by("place")
    )
    found: dict[tuple[str, str], tuple[tuple[str, ...], int]] = {}
    for row in counted:
        key = row["error_code"], row["error"]
        shown_before, _more = found.get(key, ((), 0))
        senders = (*shown_before, row["from_address"])
        found[key] = senders, row["senders"] - len(senders)
    return found
