"""Filters that write a moment as `<time>`; its tooltip says it exactly, with the zone."""

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from notifications import moments

register = template.Library()


def element(when: datetime, text: str) -> SafeString:
    """Mark up `text` as the time `when`."""
    local = timezone.localtime(when)
    return format_html(
        '<time datetime="{}" title="{} ({})" class="mc-piece">{}</time>',
        local.isoformat(),
        moments.exact(when),
        timezone.get_current_timezone_name(),
        text,
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
def exact(when: datetime) -> SafeString:
    """`28 Nov 2026, 14:08:18`."""
    return element(when, moments.exact(when))
