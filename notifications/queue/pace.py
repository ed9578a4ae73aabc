"""How many recipients a mailbox may still write to: Exchange Online counts them over the last
24 hours, and delivers nothing above its limit ("Exchange Online limits", Recipient rate limit)."""

from datetime import datetime, timedelta

from django.db.models import Sum

from notifications.models import Attempt
from notifications.models.attempt import Result

CODE = "RecipientsADay"
_DAY = timedelta(days=1)
# What may have been sent counts as well.
_COUNTED = (Result.ACCEPTED, Result.UNCONFIRMED)


class DayLimit:
    """Of one mailbox, as the log has it; what leaves from now on is counted by `use`."""

    def __init__(self, account: str, *, limit: int, now: datetime) -> None:
        """`limit` in recipients, 0 = no limit."""
        self._limit = limit
        self._sent = Attempt.objects.filter(
            account=account, at__gt=now - _DAY, result__in=_COUNTED
        ).order_by("at")
        self._used = self._count() if limit else 0

    def fits(self, recipients: int, *, planned: int) -> bool:
        """Whether a message may leave after `planned` other recipients. One that is larger than
        the limit itself leaves when nothing else has."""
        used = self._used + planned
        return not self._limit or not used or used + recipients <= self._limit

    def use(self, recipients: int) -> None:
        """Give back with a negative number."""
        self._used += recipients

    def room_at(self, recipients: int, *, now: datetime) -> datetime:
        """When a message that does not fit now will, if nothing else is sent until then."""
        left = self._count()
        for at, count in self._sent.values_list("at", "recipient_count").iterator():
            left -= count
            if left + recipients <= self._limit or left <= 0:
                return at + _DAY
        return now + _DAY

    def _count(self) -> int:
        total = self._sent.order_by().aggregate(total=Sum("recipient_count"))["total"]
        return int(total or 0)
