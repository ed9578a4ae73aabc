"""Unfold's labels, rendered once: a list has many, and few that differ."""

from functools import lru_cache

from django.template.loader import render_to_string


@lru_cache(maxsize=500)
def label(text: str, colour: str) -> str:
    """`colour` is one of Unfold's: info, success, warning, danger, default."""
    return render_to_string("notifications/_label.html", {"text": text, "colour": colour})
