"""What the settings page's templates lack."""

from collections.abc import Mapping

from django import template

register = template.Library()


@register.filter
def item(mapping: Mapping[str, str], key: str) -> str:
    """`mapping[key]`, "" where it has none."""
    return mapping.get(key, "")
