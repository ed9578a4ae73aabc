"""Filters that write a moment as `<time>`; its tooltip says it exactly, with the zone."""

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from notifications import moments

register = template.Library()


def element(when: datetime, text: str) -> SafeString:
    """Mark up `text` as the time `when`."""
    local = timezone.localtime(when)
    title = f"{moments.exact(local)} ({timezone.get_current_timezone_name()})"
    return mark_safe(  # noqa: S308 - what comes from outside is escaped
        f'<time datetime="{local.isoformat()}" title="{escape(title)}" class="mc-piece">'
        f"{escape(text)}</time>"
    )


@register.filter
def moment(when: datetime) -> SafeString:
    """`5 minutes ago` within half a day, else `28 Nov, 14:08`."""
    return element(when, moments.relative(when))


@register.filter
def short(when: datetime) -> SafeString:
    """`14:08` today, else `28 Nov, 14:08`."""
    return element(when, moments.short(when))


@register.filter
def clock(when: datetime) -> SafeString:
    """`14:08:18`."""
    return element(when, moments.clock(when))


@register.filter
def minute(when: datetime) -> SafeString:
    """`14:08`, under a heading that tells the day."""
    return element(when, f"{timezone.localtime(when):%H:%M}")


@register.filter
def day(when: datetime) -> str:
    """`Today`, `Yesterday`, else `Saturday, 28 Nov 2026`."""
    local = timezone.localtime(when)
    age = (timezone.localdate() - local.date()).days
    if age in (0, 1):
        return gettext("Yesterday") if age else gettext("Today")
    return f"{date_format(local, 'l')}, {date_format(local, 'DATE_FORMAT')}"


@register.filter
def exact(when: datetime) -> SafeString:
    """`28 Nov 2026, 14:08:18`."""
    return element(when, moments.exact(when))
