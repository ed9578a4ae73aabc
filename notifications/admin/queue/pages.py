"""The Notification Queue: what has not left yet, and what a person can do about it."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import F, Prefetch, QuerySet, Value
from django.forms import Media
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from notifications.admin.base import ReadOnlyAdmin, pages_of
from notifications.admin.message import again, source
from notifications.admin.message import page as message_page
from notifications.admin.saved import settings_of
from notifications.admin.sensitive import may_see_all, only_searchable
from notifications.incident import card
from notifications.models import Attachment, Notification
from notifications.models.status import Status

from . import actions as queue_actions
from . import attachment_download, buttons, tabs
from .actions import QueueActions
from .buttons import for_managers, may_manage
from .columns import COLOURS, QueueColumns
from .filters import (
    AGES,
    AgeFilter,
    CauseFilter,
    GroupFilter,
    NewerFilter,
    StatusFilter,
)
from .queue_list import QueueList


@admin.register(Notification)
class QueueAdmin(QueueActions, QueueColumns, ReadOnlyAdmin):
    list_display = (
        "queued",
        "shown_status",
        "shown_initiator",
        "shown_from",
        "shown_to",
        "shown_subject",
        "shown_attempts",
        "next_attempt",
        "shown_attachments",
        "row_actions",
        "reason",
    )
    list_display_links = ("queued", "shown_subject")
    list_filter = (
        GroupFilter, ("status", StatusFilter), CauseFilter, "priority", AgeFilter, NewerFilter,
    )  # fmt: skip
    search_fields = ("subject", "to", "cc", "bcc", "message_id", "initiator")
    ordering = ("-pk",)
    list_per_page = 25  # a row is some 10 kB of Unfold's classes, and takes its time to render
    list_max_show_all = 0
    list_fullwidth = True
    paginator = pages_of("notifications/_queue_pages.html")
    show_full_result_count = False
    actions = ("retry", "send_now", "mark_as_sent", "send_again", "delete")
    change_list_template = "notifications/queue.html"

    @property
    def media(self) -> Media:
        """Our scripts; Django's script for ticking rows knows only the rows of the first load."""
        return Media(js=["notifications/queue_selection.js", "notifications/queue_refresh.js"])

    def get_queryset(self, request: HttpRequest) -> QuerySet[Notification]:
        rows = super().get_queryset(request)
        match = request.resolver_match
        if match and match.url_name in ("notifications_notification_changelist", "queue_all"):
            rows = rows.in_queue()
        is_hidden = Value(False) if may_see_all(request.user) else F("sensitive")
        sizes = Attachment.objects.only("notification_id", "size")
        return (
            rows.defer("text", "html")
            .annotate(is_hidden=is_hidden)
            .prefetch_related(Prefetch("attachments", sizes))
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Notification], search_term: str
    ) -> tuple[QuerySet[Notification], bool]:
        rows, may_have_duplicates = super().get_search_results(request, queryset, search_term)
        if search_term:
            rows = only_searchable(rows, request.user)
        return rows, may_have_duplicates

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return super().get_actions(request) if may_manage(request) else {}

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("pause/", view(buttons.pause), name="queue_pause"),
            path("resume/", view(buttons.resume), name="queue_resume"),
            path("database/", view(buttons.database), name="queue_database"),
            path("all/<str:action>/", view(for_managers(self.on_all)), name="queue_all"),
            path(
                "<int:pk>/attachments/<int:attachment_pk>/",
                view(attachment_download.download),
                name="notification_attachment",
            ),
            path("<int:pk>/resend/", view(again.resend), name="notification_resend"),
            path("<int:pk>/edit/", view(again.edit), name="notification_edit"),
            path("<int:pk>/raw/", view(source.download), name="notification_raw"),
            path("<int:pk>/do/", view(require_POST(for_managers(self.do))), name="notification_do"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        shown = card.read(request.user, settings_of(request), now=timezone.now())
        may = may_manage(request)
        # For the list, which makes its rows from the request.
        request.queue_card = shown  # type: ignore[attr-defined]
        request.queue_actions = {  # type: ignore[attr-defined]
            name: label for _verb, name, label in self.get_actions(request).values()
        }
        context = {
            "title": _("Notification Queue"),
            "module_name": _("notifications"),
            "card": shown,
            "tabs": tabs.of(request, shown.status),
            "nothing": tabs.nothing(request),
            "ages": AGES,
            "may_manage": may,
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        return QueueList

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if request.method == "POST" or not self.has_view_permission(request):
            raise PermissionDenied
        notification = message_page.find(object_id)
        if notification is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        colour = COLOURS.get(Status(notification.status), "")
        return message_page.show(request, notification, colour=colour)

    def response_action(self, request: HttpRequest, queryset: Any) -> Any:
        """Ask again, with the count, if the action is for all rows over all pages."""
        action = request.POST.get("action", "")
        if request.POST.get("select_across") == "1" and action in self.get_actions(request):
            address = reverse("admin:queue_all", args=[action])
            return redirect(f"{address}?{request.GET.urlencode()}")
        return super().response_action(request, queryset)

    def on_all(self, request: HttpRequest, action: str) -> HttpResponse:
        return queue_actions.on_all(self, request, action)

    def do(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do an action with one notification."""
        name, rows = request.POST.get("action", ""), Notification.objects.filter(pk=pk)
        action = self.get_actions(request).get(name)
        if action is not None:
            action[0](self, request, rows)
        elif name in queue_actions.ON_ONE_PAGE:
            queue_actions.act(request, name, rows)
        else:
            messages.error(request, _("Choose an action."))
        if "list" in request.GET:
            return redirect(f"{reverse(queue_actions.LIST)}?{request.GET['list']}")
        return redirect("admin:notifications_notification_change", pk)
