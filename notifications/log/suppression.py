"""When an address goes onto the suppression list by itself, and when it leaves it.

A wrong entry costs more than a bounce: only "no such mailbox" counts, said on two different days by
somebody who must know, and never about a domain of ours. A flood of new entries is a fault
somewhere, so that then none is added and a person is told.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone

from notifications.models import Bounce, DeliveryPoll, Suppression
from notifications.models.settings import SettingsValues

# No such mailbox ("Email non-delivery reports and SMTP errors in Exchange Online").
CODES = ("5.1.1", "5.1.10")
_DAYS_NEEDED = 2
_MOST_AN_HOUR = 20
_HOUR = timedelta(hours=1)


def consider(
    addresses: Iterable[str], values: SettingsValues, *, own_domains: set[str], now: datetime
) -> int:
    """Add those of the addresses that have bounced often enough. Returns how many."""
    outside = {each for each in addresses if each.rpartition("@")[2] not in own_domains}
    if not values.suppression or not outside:
        return 0
    until = now + timedelta(days=values.suppression_days)
    bounces = _bounces_by_address(outside, since=now - timedelta(days=values.suppression_days))
    enough = {each: days for each, days in bounces.items() if len(days) >= _DAYS_NEEDED}
    Suppression.objects.make_room(enough, now=now)
    _lengthen(enough, until=until)
    listed = Suppression.objects.filter(address__in=enough).values_list("address", flat=True)
    new = sorted(enough.keys() - set(listed))
    recent = Suppression.objects.filter(added_by="", since__gt=now - _HOUR).count()
    if new and recent + len(new) > _MOST_AN_HOUR:
        DeliveryPoll.objects.made().update(flooded_at=now)
        return 0
    rows = [
        Suppression(address=each, since=now, until=until, bounces=sum(enough[each].values()))
        for each in new
    ]
    Suppression.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def forgive(reached: Mapping[str, datetime]) -> None:
    """Messages have reached addresses at these moments: what bounced before counts no more, and
    what the connector put onto the list before is taken off. What a person added stays."""
    addresses = list(reached)
    for start in range(0, len(addresses), 500):
        some = addresses[start : start + 500]
        bounced = Bounce.objects.filter(address__in=some, is_outlived=False)
        found = bounced.values_list("pk", "address", "at")
        outlived = [pk for pk, address, at in found if at < reached[address]]
        Bounce.objects.filter(pk__in=outlived).update(is_outlived=True)
        listed = Suppression.objects.filter(address__in=some, added_by="")
        rows = listed.values_list("pk", "address", "since")
        ended = [pk for pk, address, since in rows if since < reached[address]]
        Suppression.objects.filter(pk__in=ended).delete()


def _bounces_by_address(
    addresses: Iterable[str], *, since: datetime
) -> dict[str, dict[object, int]]:
    """Count an address's bounces by the day of the installation's time zone."""
    rows = Bounce.objects.filter(
        address__in=list(addresses), code__in=CODES, is_proven=True, is_outlived=False,
        at__gt=since, entry__isnull=False,
    )  # fmt: skip
    found: dict[str, dict[object, int]] = {}
    for address, at in rows.order_by().values_list("address", "at"):
        days = found.setdefault(address, {})
        day = timezone.localdate(at)
        days[day] = days.get(day, 0) + 1
    return found


def _lengthen(addresses: Iterable[str], *, until: datetime) -> None:
    listed = Suppression.objects.filter(address__in=list(addresses), added_by="")
    listed.filter(until__lt=until).update(until=until, bounces=F("bounces") + 1)
