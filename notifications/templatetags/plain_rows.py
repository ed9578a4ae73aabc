"""The table of a long list of plain texts. Unfold's makes the headers of all columns anew for each
row and looks each column up in the model first, which is a quarter of a page's time; what is the
same in all rows is made once here, which is another sixth."""

from collections.abc import Callable
from functools import partial
from operator import attrgetter
from types import SimpleNamespace
from typing import Any

from django import template
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.utils.formats import localize
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from unfold.templatetags.unfold_list import (
    CHECKBOX_CLASSES,
    LINK_CLASSES,
    ROW_CLASSES,
    UnfoldResultList,
    result_headers,
)

register = template.Library()
_CELL = f'<{{}} class="field-{{}} {" ".join(ROW_CLASSES)}" data-label="{{}}">'
_LINK = f'<a href="{{}}" class="{" ".join(LINK_CLASSES)}">{{}}</a>'
_TICK = f'<td class="{" ".join(CHECKBOX_CLASSES)}" data-label="{{}}">{{}}</td>'
_NUMBER = "number-of-the-row"

# Makes the cell of a row whose page has this address.
_Column = Callable[[Any, str], SafeString]


@register.inclusion_tag("admin/change_list_results.html")
def plain_rows(cl: Any) -> dict[str, Any]:
    """`cl` is a list whose columns are methods of its admin that return what is seen, or texts of
    its model."""
    headers = list(result_headers(cl))
    columns = [
        _column(cl, name, header["text"])
        for name, header in zip(cl.list_display, headers, strict=True)
    ]
    return {
        "cl": cl,
        "result_headers": headers,
        "num_sorted_fields": sum(bool(each.get("sorted")) for each in headers),
        "results": [
            UnfoldResultList(row, None, _cells(cl, row, columns)) for row in cl.result_list
        ],
    }


def _cells(cl: Any, row: Any, columns: list[_Column]) -> list[SafeString]:
    address = _address(cl, row) if cl.list_display_links else ""
    return [make_cell(row, address) for make_cell in columns]


def _address(cl: Any, row: Any) -> str:
    address: str = cl.url_for_result(row)
    if not cl.preserved_filters:
        return address
    context = {"preserved_filters": cl.preserved_filters, "opts": cl.opts}
    return add_preserved_filters(context, address)


def _column(cl: Any, name: str, header: str) -> _Column:
    value_of = getattr(cl.model_admin, name, None) or attrgetter(name)
    if name == "action_checkbox":
        tick = value_of(SimpleNamespace(pk=_NUMBER))
        return partial(_tick, format_html(_TICK, _("Select record"), tick))
    links = list(cl.list_display_links or [])
    is_link = name in links
    tag = "th" if is_link and name == links[0] else "td"
    begin, end = format_html(_CELL, tag, name, header), f"</{tag}>"

    def cell(row: Any, address: str) -> SafeString:
        text = conditional_escape(localize(value_of(row)))
        if is_link:
            text = format_html(_LINK, address, text)
        return mark_safe(f"{begin}{text}{end}")  # noqa: S308 - each part is escaped

    return cell


def _tick(cell: SafeString, row: Any, _address: str) -> SafeString:
    return mark_safe(cell.replace(_NUMBER, str(row.pk)))  # noqa: S308 - escaped above
