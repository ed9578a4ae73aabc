"""What became of notifications that a person put back together: how many were sent, are left, or
failed again, and why."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext

from notifications.i18n import shown
from notifications.models import BulkRetry, Notification
from notifications.models.status import Status

_SHOWN = 3  # the newest
# A retry that is over is news for so long.
_NEWS = timedelta(hours=12)
_LEFT = (Status.PENDING, Status.SENDING)


@dataclass(frozen=True, slots=True)
class FailedAgain:
    count: int
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Progress:
    """`counts` has the statuses that its notifications have now. One that was part of a later
    retry counts there."""

    retry: BulkRetry
    counts: Counter[str]
    failed_again: list[FailedAgain] = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.counts.total()

    @property
    def sent(self) -> int:
        return self.counts[Status.ACCEPTED]

    @property
    def left(self) -> int:
        return sum(self.counts[status] for status in _LEFT)

    @property
    def failed(self) -> int:
        return self.counts[Status.FAILED]

    @property
    def unconfirmed(self) -> int:
        return self.counts[Status.UNCONFIRMED]

    @property
    def expired(self) -> int:
        """Count also those that were left out when the others were put back."""
        return self.retry.expired + self.counts[Status.EXPIRED]

    @property
    def cancelled(self) -> int:
        return self.counts[Status.CANCELLED]

    @property
    def done(self) -> int:
        return self.total - self.left

    @property
    def cause(self) -> str:
        """The sentence that was chosen, in the reader's language."""
        return shown(self.retry.error, gettext)


def recent(*, now: datetime) -> list[Progress]:
    """Return the newest retries that are under way or news, newest first. It costs one query
    while there is none, else three."""
    found = list(BulkRetry.objects.all()[:_SHOWN])
    if not found:
        return []
    pks = [retry.pk for retry in found]
    counts = _counts(pks)
    causes = _causes([pk for pk in pks if counts[pk][Status.FAILED]])
    all_ = [Progress(retry, counts[retry.pk], causes.get(retry.pk, [])) for retry in found]
    return [each for each in all_ if each.total and (each.left or now - each.retry.at < _NEWS)]


def _counts(pks: list[int]) -> dict[int, Counter[str]]:
    rows: Any = Notification.objects.filter(bulk_retry__in=pks).order_by()
    found: dict[int, Counter[str]] = {pk: Counter() for pk in pks}
    for pk, status, count in rows.values_list("bulk_retry", "status").annotate(Count("pk")):
        found[pk][status] = count
    return found


def _causes(pks: list[int]) -> dict[int, list[FailedAgain]]:
    found: dict[int, list[FailedAgain]] = {}
    if not pks:
        return found
    rows: Any = Notification.objects.filter(bulk_retry__in=pks, status=Status.FAILED).order_by()
    groups = rows.values_list("bulk_retry", "error_code", "error").annotate(count=Count("pk"))
    for pk, code, error, count in groups.order_by("-count", "error_code", "error"):
        found.setdefault(pk, []).append(FailedAgain(count, code, shown(error, gettext)))
    return found
