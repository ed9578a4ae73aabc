"""The path in a page's header: where the page is in the sidebar's tree."""

from dataclasses import dataclass
from html import unescape
from typing import Any

from django import template
from django.db.models import Model
from django.template import Context
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext as django_text

register = template.Library()


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the path; `link` is "" for what is no page."""

    title: str
    link: str = ""


@register.simple_tag(takes_context=True)
def steps_to_here(context: Context) -> list[Step]:
    """Return the sidebar's group and entry, and the row that this page belongs to. A page that is
    in no entry hands in its own `steps`."""
    steps = [*(_sidebar(context) or context.get("steps") or ()), *_row(context)]
    return [step for step in steps if step.link != context["request"].path]


@register.simple_tag(takes_context=True)
def page_title(context: Context) -> str:
    """Name this page. Django's own titles, "Select user to change", are sentences for nobody."""
    opts: Any = context.get("opts")
    row = context.get("original")
    # Unfold's layout hands in the block's HTML.
    title = unescape(context.get("content_title") or "").strip() or str(context.get("title") or "")
    if context.get("cl"):
        return str(capfirst(opts.verbose_name_plural))
    if context.get("add"):
        return new_row(opts)
    is_djangos = isinstance(row, Model) and title in (
        django_text(text) % row._meta.verbose_name for text in ("Change %s", "View %s")
    )
    return str(row) if is_djangos else title


@register.filter
def new_row(opts: Any) -> str:
    """Name the page, and the button, that makes a row: `New API key`."""
    return str(capfirst(_("New %(name)s") % {"name": opts.verbose_name}))


def _sidebar(context: Context) -> list[Step]:
    for group in context.get("sidebar_navigation") or ():
        for item in group["items"]:
            if item["active"]:
                steps = [Step(str(group["title"]))] if group.get("title") else []
                return [*steps, Step(str(item["title"]), str(item["link"]))]
    return []


def _row(context: Context) -> list[Step]:
    row = context.get("original") or context.get("object")
    if not isinstance(row, Model):
        return []
    label = f"{row._meta.app_label}_{row._meta.model_name}"
    return [Step(str(row), reverse(f"admin:{label}_change", args=[row.pk]))]
