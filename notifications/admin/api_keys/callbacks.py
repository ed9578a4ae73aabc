"""The log of callbacks to applications, and of deliveries to alarm channels."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from notifications.admin.base import ReadOnlyAdmin, pages_of
from notifications.i18n import shown
from notifications.models import Callback
from notifications.models.callback import CallbackState
from notifications.templatetags.labels import label
from notifications.templatetags.moments import moment
from notifications.templatetags.notifications import one_line

_COLOURS = {
    CallbackState.WAITING: "info",
    CallbackState.DELIVERED: "success",
    CallbackState.GIVEN_UP: "danger",
}


@admin.register(Callback)
class CallbackAdmin(ReadOnlyAdmin):
    list_display = (
        "when", "shown_state", "shown_receiver", "event", "shown_notification", "attempts",
        "shown_status", "shown_error", "next_try",
    )  # fmt: skip
    list_display_links = None
    list_filter = ("state", "api_key")
    list_select_related = ("api_key", "channel")
    change_list_template = "notifications/callbacks.html"
    list_per_page = 50
    paginator = pages_of("notifications/_callback_pages.html")
    show_full_result_count = False
    list_disable_select_all = True

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm("notifications.view_apikey"))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    @display(description=_("Time"), ordering="created_at")
    def when(self, row: Callback) -> str:
        return moment(row.created_at)

    @display(description=_("State"), ordering="state")
    def shown_state(self, row: Callback) -> str:
        return label(row.get_state_display(), _COLOURS[CallbackState(row.state)])

    @display(description=_("Receiver"), ordering="api_key")
    def shown_receiver(self, row: Callback) -> str:
        return str(row.api_key or row.channel or "")

    @display(description=_("Notification"), ordering="notification_id")
    def shown_notification(self, row: Callback) -> int | None:
        return row.notification_id

    @display(description=_("HTTP status"), ordering="http_status")
    def shown_status(self, row: Callback) -> int | None:
        return row.http_status or None

    @display(description=_("Next try"), ordering="due_at")
    def next_try(self, row: Callback) -> str:
        return moment(row.due_at) if row.state == CallbackState.WAITING else ""

    @display(description=_("Error"), ordering="error")
    def shown_error(self, row: Callback) -> str:
        return one_line(shown(row.error, gettext))
