"""The audit trail: who did what. It is looked at and exported, never changed."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from notifications.admin.base import ReadOnlyAdmin
from notifications.admin.csv_file import tell_export
from notifications.audit.retention import DAYS
from notifications.models import AuditEvent

from . import export as audit_export
from .columns import EventColumns
from .filters import MOST, ActFilter, BoundedPaginator, KindFilter, search

_LIST = "admin:notifications_auditevent_changelist"


@admin.register(AuditEvent)
class AuditAdmin(EventColumns, ReadOnlyAdmin):
    list_display = ("time", "who_acted", "what", "on", "from_where", "more")
    list_display_links = ("time",)
    list_filter = (ActFilter, KindFilter, "at")
    search_fields = ("who",)
    search_help_text = _("A user, an API key, an object's name, an address, or a message's number")
    ordering = ("-at", "-pk")
    sortable_by = ()
    list_per_page = 50
    list_max_show_all = 0
    list_disable_select_all = True
    list_fullwidth = True
    show_full_result_count = False
    empty_value_display = ""
    paginator = BoundedPaginator
    change_list_template = "notifications/audit_trail.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEvent]:
        """The numbers of many messages are read for the page of one event only."""
        rows: QuerySet[AuditEvent] = super().get_queryset(request)
        match = request.resolver_match
        is_one = match and match.url_name == "notifications_auditevent_change"
        return rows if is_one else rows.defer("messages")

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        return search(queryset, search_term), False

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(require_safe(self.export))
        return [path("export/", view, name="audit_export"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        extra = {"title": _("Audit trail"), "days": DAYS, "most": MOST}
        return super().changelist_view(request, {**extra, **(extra_context or {})})

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*self.list_display, "exact_time", "act_in_words", "everything")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("exact_time", "who_acted", "act_in_words", "on", "from_where", "everything")

    def export(self, request: HttpRequest) -> HttpResponseBase:
        """Stream what the filters leave, over all pages; the export is an event itself."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            rows = self.get_changelist_instance(request).queryset
        except IncorrectLookupParameters:
            return redirect(_LIST)
        tell_export(request, self.model)
        return audit_export.download(rows.defer(None))
