"""The Outgoing Notifications Log: one entry for every attempt, newest first."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe
from unfold.decorators import display

from notifications import outbox
from notifications.addresses import split_addresses
from notifications.errors import NotQueued
from notifications.explanations import explain
from notifications.models import Attempt
from notifications.models.attempt import Result

from . import log_export
from .read_only import ReadOnlyAdmin

COLOURS = {
    Result.ACCEPTED: "success",
    Result.FAILED: "danger",
    Result.DEFERRED: "info",
    Result.UNCONFIRMED: "warning",
    Result.REFUSED: "danger",
}
_RESEND = ("notifications.view_attempt", "notifications.add_notification")


@admin.register(Attempt)
class LogAdmin(ReadOnlyAdmin):
    list_display = (
        "time",
        "shown_result",
        "shown_from",
        "shown_recipients",
        "shown_subject",
        "shown_error",
    )
    list_display_links = ("time", "shown_subject")
    list_filter = ("result", "is_test", "api", "at")
    linked_columns = ("code", "http_status")
    search_fields = (
        "subject",
        "recipients",
        "from_address",
        "message_id",
        "request_id",
        "client_request_id",
    )
    list_per_page = 50
    show_full_result_count = False
    list_disable_select_all = True
    change_list_template = "notifications/log.html"
    change_form_template = "notifications/log_entry.html"

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("export/", view(require_safe(self.export)), name="log_export"),
            path("<int:pk>/resend/", view(require_POST(self.resend)), name="log_resend"),
            *super().get_urls(),
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        entry = self.get_object(request, object_id)
        context: dict[str, Any] = {"entry": entry}
        if entry is not None:
            others = Attempt.objects.filter(notification=entry.notification_id)
            context |= {
                "explained": explain(entry.answer, from_=entry.from_address, account=entry.account)
                if entry.error
                else None,
                "others": others.exclude(pk=entry.pk)[:20] if entry.notification_id else [],
                "may_resend": entry.notification_id and request.user.has_perms(_RESEND),
                "colour": COLOURS[Result(entry.result)],
            }
        return super().change_view(
            request, object_id, form_url, {**context, **(extra_context or {})}
        )

    def export(self, request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return log_export.export(self, request)

    def resend(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Resend: a new notification from an entry."""
        if not request.user.has_perms(_RESEND):
            raise PermissionDenied
        entry = Attempt.objects.select_related("notification").filter(pk=pk).first()
        if entry is None:
            messages.error(request, _("The entry is gone."))
            return redirect("admin:notifications_attempt_changelist")
        try:
            notification = outbox.resend(entry, initiator=request.user.get_username())
        except NotQueued as error:
            messages.error(request, str(error))
            return redirect("admin:notifications_attempt_change", pk)
        messages.success(request, _("Queued again as a new notification."))
        return redirect("admin:notifications_notification_change", notification.pk)

    @display(description=_("Time"), ordering="at")
    def time(self, entry: Attempt) -> str:
        return f"{entry.at:%Y-%m-%d %H:%M:%S}"

    @display(
        description=_("Result"),
        ordering="result",
        label={result.label: colour for result, colour in COLOURS.items()},
    )
    def shown_result(self, entry: Attempt) -> str:
        return entry.get_result_display()

    @display(description=_("From"), ordering="from_address")
    def shown_from(self, entry: Attempt) -> str:
        return entry.from_address

    @display(description=_("To"))
    def shown_recipients(self, entry: Attempt) -> str:
        first, *others = split_addresses(entry.recipients)
        return f"{first} +{len(others)}" if others else first

    @display(description=_("Subject"))
    def shown_subject(self, entry: Attempt) -> str:
        subject = entry.subject or _("(no subject)")
        if entry.is_test:
            return format_html("{} <span class='mc-mark'>{}</span>", subject, _("Test"))
        return str(subject)

    @display(description=_("Error"))
    def shown_error(self, entry: Attempt) -> str:
        return entry.error
