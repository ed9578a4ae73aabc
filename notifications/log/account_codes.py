"""Reports that speak of the whole account, and not of one address.

A forged report stops nothing: whoever received a message knows its Message-ID. Such a code counts
only where it is proven (Exchange itself said it), and where two messages say so within ten minutes.
Any other one is an alarm and nothing more. And it counts only as Exchange's own word: other servers
have these codes, too (5.1.8: they do not know the sender's domain), and Exchange passes them on.

Sources: "Email non-delivery reports and SMTP errors in Exchange Online" and "Sending limits".
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from notifications.models import Bounce

STOPS_ACCOUNT = ("5.1.8", "5.7.705", "5.7.708")
# The limit of recipients outside the organization in 24 hours, of trial tenants, of all tenants and
# of onmicrosoft.com addresses.
STOPS_OUTSIDE = ("5.7.232", "5.7.233", "5.7.236")
_TOGETHER = timedelta(minutes=10)
_MESSAGES = 2
_TOLD_FOR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class AccountCode:
    """What was proven: Exchange's code and its own words."""

    code: str
    text: str
    at: datetime


def of_exchange(codes: tuple[str, ...]) -> QuerySet[Bounce]:
    """The bounces with these codes, but for those that another server gave them."""
    return Bounce.objects.filter(code__in=codes, said_elsewhere=False)


def proven(codes: tuple[str, ...], *, since: datetime, now: datetime) -> AccountCode | None:
    """Return the newest of these codes, if two messages have it within ten minutes. `since` leaves
    out what a person has answered already."""
    rows = of_exchange(codes).filter(is_proven=True, at__gt=max(since, now - _TOLD_FOR))
    rows = rows.exclude(entry=None)
    by_time = list(rows.order_by("at", "pk").only("at", "code", "text", "entry")[:100])
    for before, after in zip(by_time, by_time[_MESSAGES - 1 :], strict=False):
        if after.at - before.at <= _TOGETHER and after.entry_id != before.entry_id:
            return AccountCode(after.code, after.text, after.at)
    return None


def suspected(*, now: datetime) -> bool:
    """Say whether any report of the last hour speaks of the account, proven or not."""
    return of_exchange((*STOPS_ACCOUNT, *STOPS_OUTSIDE)).filter(at__gt=now - _TOLD_FOR).exists()
