"""The settings history: who saved what, and when. Secrets appear only as changed."""

from itertools import pairwise
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notifications.mailbox.changes import Change, changes
from notifications.moments import exact
from notifications.templatetags.moments import moment

from .base import ReadOnlyAdmin, pages_of

HistoricalEmailSettings: Any = apps.get_model("notifications", "HistoricalEmailSettings")


@admin.register(HistoricalEmailSettings)
class SettingsHistoryAdmin(ReadOnlyAdmin):
    list_display = ("when", "who", "changes")
    list_display_links = None
    # Each row is compared with the one below it.
    ordering = ("-history_date", "-history_id")
    sortable_by = ()
    list_select_related = ("history_user",)
    list_per_page = 50
    # Its rows are changes; the name of the list is that of all of them.
    paginator = pages_of("notifications/_changes_pages.html")
    list_disable_select_all = True

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("notifications.view_emailsettings")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Give each row the one before it: from the page, or by a query for the last row."""
        shown = super().get_changelist_instance(request)
        rows = list(shown.result_list)
        for row, before in pairwise(rows):
            row.before = before
        if rows:
            rows[-1].before = rows[-1].prev_record
        shown.result_list = rows
        return shown

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        row = super().get_object(request, object_id, from_field)
        if row:
            row.before = row.prev_record
        return row

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *, obj: Any = None, **more: Any
    ) -> HttpResponse:
        """Show a row, which its page has read, under its time."""
        context["title"] = gettext("Settings as of %(time)s") % {"time": exact(obj.history_date)}
        return super().render_change_form(request, context, obj=obj, **more)

    @admin.display(description=_("Time"))
    def when(self, row: Any) -> str:
        return moment(row.history_date)

    @admin.display(description=_("Who"))
    def who(self, row: Any) -> str:
        return str(row.history_user or _("Mail Connector"))

    @admin.display(description=_("What changed"))
    def changes(self, row: Any) -> str:
        if row.before is None:
            return str(_("Created with defaults"))
        found = changes(row.before, row)
        if not found:
            return str(_("Nothing"))
        return format_html(
            '<ul class="mc-changes">{}</ul>',
            format_html_join("", "<li>{}: {}</li>", ((c.label, _told(c)) for c in found)),
        )


def _told(change: Change) -> str:
    return f"{change.old} → {change.new}" if change.old else change.new
