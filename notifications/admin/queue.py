"""The Notification Queue: what has not left yet, and what a person can do about it."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.defaultfilters import filesizeformat
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from unfold.decorators import display

from notifications import installation, outbox, queue_status
from notifications.models import Notification, QueueState
from notifications.models.notification import Status

from .read_only import ReadOnlyAdmin

COLOURS = {
    Status.PENDING: "info",
    Status.SENDING: "info",
    Status.FAILED: "danger",
    Status.UNCONFIRMED: "warning",
    Status.ACCEPTED: "success",
}
_MANAGE = "notifications.change_notification"


@admin.register(Notification)
class QueueAdmin(ReadOnlyAdmin):
    list_display = (
        "queued",
        "shown_status",
        "initiator",
        "shown_from",
        "shown_to",
        "subject",
        "attempts",
        "next_attempt",
        "shown_attachments",
    )
    list_display_links = ("queued", "subject")
    list_filter = ("status", "priority")
    search_fields = ("subject", "to", "cc", "bcc", "message_id", "initiator")
    ordering = ("-pk",)
    list_per_page = 50
    show_full_result_count = False
    actions = ("send_now", "delete", "mark_as_sent", "send_again")
    change_list_template = "notifications/queue.html"
    change_form_template = "notifications/notification.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Notification]:
        rows = super().get_queryset(request)
        if request.resolver_match and str(request.resolver_match.url_name).endswith("_changelist"):
            rows = rows.in_queue()
        return rows.defer("text", "html").annotate(
            files=Count("attachments"), files_size=Sum("attachments__size")
        )

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return super().get_actions(request) if request.user.has_perm(_MANAGE) else {}

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("pause/", view(require_POST(self.pause)), name="queue_pause"),
            path("resume/", view(require_POST(self.resume)), name="queue_resume"),
            path("database/", view(require_POST(self.database)), name="queue_database"),
            path("<int:pk>/do/", view(require_POST(self.do)), name="notification_do"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        status = queue_status.read(now=timezone.now())
        context = {
            "status": status,
            "paused": status.state,
            "may_manage": request.user.has_perm(_MANAGE),
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        notification = self.get_object(request, object_id)
        context: dict[str, Any] = {"notification": notification}
        if notification is not None:
            context |= {
                "attachments": notification.attachments.all(),
                "entries": notification.log_entries.all()[:50],
                "may_manage": request.user.has_perm(_MANAGE),
                "can_send_now": notification.status in (Status.PENDING, Status.FAILED),
                "can_decide": notification.status == Status.UNCONFIRMED,
                "can_delete": notification.status
                in (Status.PENDING, Status.FAILED, Status.UNCONFIRMED),
                "colour": COLOURS.get(Status(notification.status), ""),
            }
        return super().change_view(
            request, object_id, form_url, {**context, **(extra_context or {})}
        )

    # Buttons

    def pause(self, request: HttpRequest) -> HttpResponse:
        _require(request)
        outbox.pause(by=request.user.get_username())
        messages.success(request, _("The queue is paused."))
        return redirect("admin:notifications_notification_changelist")

    def resume(self, request: HttpRequest) -> HttpResponse:
        _require(request)
        outbox.resume(by=request.user.get_username())
        messages.success(request, _("The queue goes on."))
        return redirect("admin:notifications_notification_changelist")

    def database(self, request: HttpRequest) -> HttpResponse:
        """What a person says of a database that belongs to another installation."""
        _require(request)
        answers = {
            "moved": installation.moved,
            "restored": installation.restored,
            "copied": installation.copied,
        }
        answer = answers.get(request.POST.get("answer", ""))
        state = QueueState.objects.current()
        if answer is None or not (state.is_foreign or state.is_copy):
            messages.error(
                request, _("There is nothing to answer: the database is this one's own.")
            )
        else:
            answer()
        return redirect("admin:notifications_notification_changelist")

    def do(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One of the actions, for one notification."""
        _require(request)
        action = self.get_actions(request).get(request.POST.get("action", ""))
        if action is None:
            messages.error(request, _("Choose an action."))
        else:
            action[0](self, request, Notification.objects.filter(pk=pk))
        return redirect("admin:notifications_notification_change", pk)

    # Actions: each re-checks the status in its own UPDATE

    @admin.action(description=_("Send now"))
    def send_now(self, request: HttpRequest, rows: QuerySet[Notification]) -> None:
        self._tell(request, outbox.send_now(_plain(rows)), rows)

    @admin.action(description=_("Delete"))
    def delete(self, request: HttpRequest, rows: QuerySet[Notification]) -> None:
        self._tell(request, outbox.cancel(_plain(rows)), rows)

    @admin.action(description=_("Mark as sent"))
    def mark_as_sent(self, request: HttpRequest, rows: QuerySet[Notification]) -> None:
        self._tell(request, outbox.mark_as_sent(_plain(rows)), rows)

    @admin.action(description=_("Send again"))
    def send_again(self, request: HttpRequest, rows: QuerySet[Notification]) -> None:
        self._tell(request, outbox.send_again(_plain(rows)), rows)

    def _tell(self, request: HttpRequest, changed: int, rows: QuerySet[Notification]) -> None:
        if changed:
            text = ngettext("%(n)d notification: done.", "%(n)d notifications: done.", changed)
            messages.success(request, text % {"n": changed})
        if changed < _plain(rows).count():
            messages.warning(
                request, _("Some were left alone: their status does not allow this (any more).")
            )

    # Columns

    @display(description=_("Queued"), ordering="queued_at")
    def queued(self, row: Notification) -> str:
        return f"{row.queued_at:%Y-%m-%d %H:%M:%S}"

    @display(
        description=_("Status"),
        ordering="status",
        label={status.label: colour for status, colour in COLOURS.items()},
    )
    def shown_status(self, row: Notification) -> str:
        return row.get_status_display()

    @display(description=_("From"), ordering="from_address")
    def shown_from(self, row: Notification) -> str:
        return row.from_address or str(_("System default"))

    @display(description=_("To"))
    def shown_to(self, row: Notification) -> str:
        first, *others = row.recipients
        return f"{first} +{len(others)}" if others else first

    @display(description=_("Next attempt"), ordering="due_at")
    def next_attempt(self, row: Notification) -> str:
        return f"{row.due_at:%Y-%m-%d %H:%M:%S}" if row.status == Status.PENDING else ""

    @display(description=_("Attachments"))
    def shown_attachments(self, row: Any) -> str:
        return f"{row.files} ({filesizeformat(row.files_size)})" if row.files else ""


def _require(request: HttpRequest) -> None:
    """The buttons are not shown to others: a request without the right is no mistake."""
    if not request.user.has_perm(_MANAGE):
        raise PermissionDenied


def _plain(rows: QuerySet[Notification]) -> Any:
    """The same rows without the list's annotations, which an UPDATE cannot have."""
    return Notification.objects.filter(pk__in=rows.order_by().values("pk"))
