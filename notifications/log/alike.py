"""What the log has of the same subject to the same people within a day: "they got it twice"."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q

from notifications.message.addresses import bare_address, split_addresses
from notifications.models import Attempt
from notifications.models.attempt import Result, day_of
from notifications.models.notification import SENSITIVE_SUBJECT
from notifications.models.search_field import wanted, whole

from . import day_index
from .day_index import MOMENT

SPAN = timedelta(hours=24)
MOST = 10
# The words of an entry find it by its sender as well, and by longer addresses.
_READ = 50
# Of a message to very many people the first ones are asked for.
_PEOPLE = 5
_DAY = timedelta(days=1)
_LEFT = (Result.ACCEPTED, Result.UNCONFIRMED)


def sent_alike(
    subject: str, recipients: Sequence[str], *, at: datetime, message_id: str
) -> list[Attempt]:
    """Return the newest attempts that (may) have left with this subject to one of the recipients
    within 24 hours before or after `at`, those of the message itself left out. A log has no subject
    of a sensitive message, so nothing is known of these."""
    people = [whole(bare_address(each)) for each in recipients[:_PEOPLE]]
    if subject == SENSITIVE_SUBJECT or not people:
        return []
    addressed = Q()
    for address in people:
        addressed |= Q(search__contains=f" {address}")
    has_index = connection.vendor == "postgresql"
    entries = day_index.with_moment() if has_index else Attempt.objects.all()
    time = MOMENT if has_index else "at"
    rows = (
        entries.shown(at=time)
        .filter(addressed, subject=subject, result__in=_LEFT)
        .filter(**{f"{time}__gte": at - SPAN, f"{time}__lte": at + SPAN})
        .exclude(message_id=message_id)
        .defer("search", "message", "note")
        .order_by(f"-{time}", "-pk")
    )
    if has_index:
        days = [day_of(at + _DAY * n) for n in (1, 0, -1)]
        words: list[str | tuple[str, ...]] = [*wanted(subject), tuple(people)]
        found = day_index.first_of_days(rows, days=days, words=words, limit=_READ)
    else:
        found = list(rows[:_READ])
    asked = {bare_address(each).casefold() for each in recipients}
    return [entry for entry in found if asked & set(_addresses(entry))][:MOST]


def _addresses(entry: Attempt) -> list[str]:
    return [bare_address(each).casefold() for each in split_addresses(entry.recipients)]
