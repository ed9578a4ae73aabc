"""How fast a mailbox may send: messages a minute, and recipients a day. Exchange Online counts the
recipients of the last 24 hours, and delivers nothing above its limit ("Exchange Online limits",
Recipient rate limit)."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Sum

from notifications.models import Attempt, MicrosoftAccount, Notification, bucket
from notifications.models.attempt import Result
from notifications.models.bucket import Bucket
from notifications.models.settings import SettingsValues

_DAY = timedelta(days=1)
# What may have been sent counts as well.
_COUNTED = (Result.ACCEPTED, Result.UNCONFIRMED)


class Pace:
    """The pace of one mailbox under given settings. The account's row and the log are read once;
    from then on the owner tells what it uses. Nothing is written."""

    def __init__(self, account: MicrosoftAccount, values: SettingsValues, *, now: datetime) -> None:
        self._per_minute = values.messages_a_minute
        self._bucket = account.bucket
        self._refill(now)
        self._day = DayLimit(account.address, limit=values.recipients_a_day, now=now)

    @property
    def bucket(self) -> Bucket:
        """The state that the account's row has to keep in the end."""
        return self._bucket

    def allowance(self, *, now: datetime) -> int | None:
        """Count how many messages may leave now; None = as many as you like."""
        self._refill(now)
        return bucket.available(self._bucket) if self._per_minute else None

    def next_allowed_at(self) -> datetime:
        """Tell when the next message may leave, if none may now."""
        return bucket.next_token(self._bucket, per_minute=self._per_minute)

    def fitting(self, rows: Iterable[Notification]) -> list[Notification]:
        """Return those of `rows` that today's limit of recipients has room for; a large one does
        not keep small ones from leaving."""
        planned, fitting = 0, []
        for row in rows:
            recipients = len(row.recipients)
            if self._day.fits(recipients, planned=planned):
                planned += recipients
                fitting.append(row)
        return fitting

    def room_at(self, row: Notification, *, now: datetime) -> datetime:
        """Tell when a row that does not fit now will, if nothing else is sent until then."""
        return self._day.room_at(len(row.recipients), now=now)

    def use(self, recipients: int) -> None:
        """Count a message that is about to leave."""
        self._use(1)
        self._day.use(recipients)

    def give_back(self, recipients: int, *, was_tried: bool) -> None:
        """Count no longer what did not leave. A message that was tried has used the pace, but
        none of the day's recipients."""
        if not was_tried:
            self._use(-1)
        self._day.use(-recipients)

    def _use(self, messages: int) -> None:
        if self._per_minute:
            self._bucket = self._bucket.take(messages)

    def _refill(self, now: datetime) -> None:
        if self._per_minute:
            self._bucket = self._bucket.refilled(per_minute=self._per_minute, now=now)


class DayLimit:
    """The recipients that a mailbox has written to, as the log has it; what leaves from now on is
    counted by `use`."""

    def __init__(self, account: str, *, limit: int, now: datetime) -> None:
        """`limit` in recipients, 0 = no limit."""
        self._limit = limit
        self._sent = Attempt.objects.filter(
            account=account, at__gt=now - _DAY, result__in=_COUNTED
        ).order_by("at")
        self._used = self._count() if limit else 0

    def fits(self, recipients: int, *, planned: int) -> bool:
        """Say whether a message may leave after `planned` other recipients. One that is larger than
        the limit itself leaves when nothing else has."""
        used = self._used + planned
        return not self._limit or not used or used + recipients <= self._limit

    def use(self, recipients: int) -> None:
        """Count recipients; a negative number gives them back."""
        self._used += recipients

    def room_at(self, recipients: int, *, now: datetime) -> datetime:
        """Tell when a message that does not fit now will, if nothing else is sent until then."""
        left = self._count()
        for at, count in self._sent.values_list("at", "recipient_count").iterator():
            left -= count
            if left + recipients <= self._limit or left <= 0:
                return at + _DAY
        return now + _DAY

    def _count(self) -> int:
        total = self._sent.order_by().aggregate(total=Sum("recipient_count"))["total"]
        return int(total or 0)
