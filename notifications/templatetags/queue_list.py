"""The table of the Notification Queue: Unfold's, which makes the headers of all columns anew for
each row and looks each column up in the model first; that is a quarter of the page's time."""

from typing import Any

from django import template
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.utils.formats import localize
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from unfold.templatetags.unfold_list import (
    CHECKBOX_CLASSES,
    LINK_CLASSES,
    ROW_CLASSES,
    UnfoldResultList,
    result_headers,
)

register = template.Library()
_CELL = f'<{{0}} class="field-{{1}} {" ".join(ROW_CLASSES)}" data-label="{{2}}">{{3}}</{{0}}>'
_LINK = f'<a href="{{}}" class="{" ".join(LINK_CLASSES)}">{{}}</a>'
_TICK = f'<td class="{" ".join(CHECKBOX_CLASSES)}" data-label="{{}}">{{}}</td>'


@register.inclusion_tag("admin/change_list_results.html")
def queue_rows(cl: Any) -> dict[str, Any]:
    """`cl` is a list whose columns are all methods of its admin."""
    headers = list(result_headers(cl))
    return {
        "cl": cl,
        "result_headers": headers,
        "num_sorted_fields": sum(bool(each.get("sorted")) for each in headers),
        "results": [
            UnfoldResultList(row, None, _cells(cl, row, headers)) for row in cl.result_list
        ],
    }


def _cells(cl: Any, row: Any, headers: list[dict[str, Any]]) -> list[SafeString]:
    address = cl.url_for_result(row)
    if cl.preserved_filters:
        address = add_preserved_filters(
            {"preserved_filters": cl.preserved_filters, "opts": cl.opts}, address
        )
    return [
        _cell(cl, row, name, header["text"], address)
        for name, header in zip(cl.list_display, headers, strict=True)
    ]


def _cell(cl: Any, row: Any, name: str, header: str, address: str) -> SafeString:
    value = getattr(cl.model_admin, name)(row)
    if name == "action_checkbox":
        return format_html(_TICK, _("Select record"), value)
    text, tag = localize(value), "td"
    if name in cl.list_display_links:
        text = format_html(_LINK, address, text)
        tag = "th" if name == cl.list_display_links[0] else "td"
    return format_html(_CELL, tag, name, header, text)
