"""The filters, the search and the paging of the audit trail, for any number of events."""

from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from notifications.models import AuditEvent
from notifications.models.audit.act import Act
from notifications.models.rows import row_number

from .words import KINDS

MOST = 10_000  # events that are counted, and can be paged through


class ActFilter(admin.SimpleListFilter):
    title = _("What")
    parameter_name = "act"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> Any:
        return sorted(Act.choices, key=lambda choice: str(choice[1]))

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(act=self.value()) if self.value() else queryset


class KindFilter(admin.SimpleListFilter):
    title = _("Object")
    parameter_name = "object"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> Any:
        return list(KINDS.items())

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(object_type=self.value()) if self.value() else queryset


def search(rows: QuerySet[AuditEvent], text: str) -> QuerySet[AuditEvent]:
    """Find what is exactly this: a name of a person, key or object, an address, or the number of
    a notification. Each has an index."""
    text = text.strip()
    if not text or "\0" in text:
        return rows
    found = Q(who=text) | Q(object_name=text) | Q(address=text)
    number = row_number(text)
    if number is None:
        return rows.filter(found)
    return rows.filter(found | AuditEvent.objects.concerns(number))


class BoundedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts so far as people page; a date filter shows older ones."""

    template_name = "notifications/_audit_pages.html"

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by().values("pk")[:MOST].count())
