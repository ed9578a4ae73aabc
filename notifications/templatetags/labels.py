"""Unfold's labels and icons, rendered once: a list has many, and few that differ."""

from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.translation import get_language


@lru_cache(maxsize=500)
def label(text: str, colour: str) -> str:
    """`colour` is one of Unfold's: info, success, warning, danger, default."""
    return render_to_string("notifications/_label.html", {"text": text, "colour": colour})


def yes_or_no(value: bool) -> str:
    """The icon that Unfold has for a yes or a no."""
    return _yes_or_no(value, get_language())


@lru_cache
def _yes_or_no(value: bool, _language: str | None) -> str:
    return render_to_string("unfold/helpers/boolean.html", {"value": value})
