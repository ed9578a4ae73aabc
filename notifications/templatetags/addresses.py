"""Filters that write addresses so that a browser never breaks them within a word."""

import re

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from notifications.message.addresses import bare_address
from notifications.templatetags.notifications import one_line

register = template.Library()
# A line may end after these, as far as a person reads on.
_SEAMS = re.compile(r"(@|[.](?=\w{2}))")


def breakable(address: str) -> SafeString:
    """Let a line end after the @, and before a dot."""
    parts = _SEAMS.split(address)
    pieces = [
        f"{part}<wbr>"
        if part == "@"
        else f"<wbr>{part}"
        if part == "."
        else conditional_escape(part)
        for part in parts
    ]
    return mark_safe("".join(pieces))  # noqa: S308 - each part is escaped above


@register.filter
def address(text: str) -> SafeString:
    """Show the bare address; the whole text, with the name, is its tooltip."""
    return format_html(
        '<span class="mc-address" title="{}">{}</span>',
        one_line(text),
        breakable(one_line(bare_address(text))),
    )
