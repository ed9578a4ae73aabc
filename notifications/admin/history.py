"""The settings history: who saved what, when. Secrets appear only as changed."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from .read_only import ReadOnlyAdmin

HistoricalEmailSettings: Any = apps.get_model("notifications", "HistoricalEmailSettings")
_NOT_A_SETTING = frozenset(["version"])


@admin.register(HistoricalEmailSettings)
class SettingsHistoryAdmin(ReadOnlyAdmin):
    list_display = ("when", "who", "changes")
    list_display_links = None
    ordering = ("-history_date", "-history_id")
    list_select_related = ("history_user",)
    list_per_page = 50
    list_disable_select_all = True

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("notifications.view_emailsettings")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    @admin.display(description=_("Time"), ordering="history_date")
    def when(self, row: Any) -> str:
        return f"{row.history_date:%Y-%m-%d %H:%M:%S} UTC"

    @admin.display(description=_("Who"))
    def who(self, row: Any) -> str:
        return str(row.history_user or "")

    @admin.display(description=_("What changed"))
    def changes(self, row: Any) -> str:
        """Against the row before, which the history's own link finds."""
        before = row.prev_record
        if before is None:
            return str(_("made"))
        delta = row.diff_against(before, foreign_keys_are_objs=False)
        texts = [
            _change_text(change) for change in delta.changes if change.field not in _NOT_A_SETTING
        ]
        return "; ".join(texts) or str(_("nothing"))


def _change_text(change: Any) -> str:
    if change.field == "credential_set_at":
        return str(_("client secret or certificate changed"))
    if change.field == "account":
        return str(_("account changed"))
    name = change.field.replace("_", " ")
    return f"{name}: {_shown(change.old)} → {_shown(change.new)}"


def _shown(value: Any) -> str:
    return str(_("empty")) if value in (None, "") else str(value)
