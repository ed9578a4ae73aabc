"""A moment in words, in the reader's language and zone: the one place that knows how pages,
banners and alarms write a time. The days' forms are the language's (mailconnector/formats/); the
clock has 24 hours everywhere."""

from datetime import date, datetime, timedelta
from functools import lru_cache

from django.contrib.humanize.templatetags.humanize import naturaltime
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language

_NEAR = timedelta(hours=12)  # so near a moment is told by its distance from now


def exact(when: datetime) -> str:
    """`28 Nov 2026, 14:08:18`."""
    local = timezone.localtime(when)
    return f"{_day(local.date(), 'DATE_FORMAT', get_language())}, {local:%H:%M:%S}"


def short(when: datetime) -> str:
    """`14:08` today, `28 Nov, 14:08` on another day of this year, else with the year."""
    local, now = timezone.localtime(when), timezone.localtime()
    if local.date() == now.date():
        return f"{local:%H:%M}"
    if local.year == now.year:
        return f"{_day(local.date(), 'SHORT_DATE_FORMAT', get_language())}, {local:%H:%M}"
    return exact(when)


def clock(when: datetime) -> str:
    """`14:08:18`, where the day is told already or is today."""
    return f"{timezone.localtime(when):%H:%M:%S}"


def relative(when: datetime) -> str:
    """`5 minutes ago`, `in 2 hours`; a moment that is further away as `short` writes it."""
    if abs(when - timezone.now()) < _NEAR:
        return str(naturaltime(when))
    return short(when)


@lru_cache(maxsize=1000)
def _day(day: date, form: str, _language: str | None) -> str:
    """A list has many moments, and they are of few days."""
    return date_format(day, form)
