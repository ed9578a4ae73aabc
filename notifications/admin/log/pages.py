"""The Outgoing Notifications Log: one entry for every attempt, newest first."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from notifications import outbox
from notifications.admin import form_token
from notifications.admin.base import ReadOnlyAdmin
from notifications.backends.explanations.explain import explain
from notifications.backends.microsoft import trace_command
from notifications.errors import NotQueued
from notifications.i18n import translated
from notifications.log.pages import Cursor, Page, read
from notifications.models import Attempt
from notifications.models.attempt import Result

from . import export as log_export
from . import retention
from .check_delivery import check_delivery
from .erase import erase_address
from .filter import LogFilterForm

COLOURS = {
    Result.ACCEPTED: "success",
    Result.FAILED: "danger",
    Result.DEFERRED: "info",
    Result.UNCONFIRMED: "warning",
    Result.REFUSED: "danger",
}
_RESEND = ("notifications.view_attempt", "notifications.add_notification")
_PAGING = {"before", "after"}
_OTHERS = 20  # these are shown on the page of an entry


@admin.register(Attempt)
class LogAdmin(ReadOnlyAdmin):
    def get_queryset(self, request: HttpRequest) -> QuerySet[Attempt]:
        return super().get_queryset(request).shown()

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("days-to-keep/", view(retention.days_to_keep), name="log_keeping"),
            path("clear/", view(retention.clear), name="log_clear"),
            path("erase/", view(erase_address), name="log_erase"),
            path("export/", view(require_safe(self.export)), name="log_export"),
            path(
                "<int:pk>/check-delivery/",
                view(require_POST(check_delivery)),
                name="log_check_delivery",
            ),
            path("<int:pk>/resend/", view(require_POST(self.resend)), name="log_resend"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show our own list: Django's counts, and has numbered pages."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = _form(request)
        page = _page(request, form) if form.is_valid() else Page()
        context = {
            **self.admin_site.each_context(request),
            "title": _("Outgoing Notifications Log"),
            "opts": self.opts,
            "form": form,
            "page": page,
            "newer": _address(request, after=page.newer),
            "older": _address(request, before=page.older),
            "from_list": urlencode({"back": request.GET.urlencode()}) if request.GET else "",
            # Labels are rendered once, because a page has fifty.
            "labels": {result.value: _label(result) for result in Result},
            **(extra_context or {}),
        }
        status = 200 if form.is_valid() else 422
        return render(request, "notifications/log.html", context, status=status)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if request.method == "POST" or not self.has_view_permission(request):
            raise PermissionDenied
        entry: Attempt | None = self.get_object(request, object_id)
        if entry is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Log entry"),
            "opts": self.opts,
            **_entry_context(entry),
            "form_token": form_token.new_token(),
            "may_resend": entry.notification_id and request.user.has_perms(_RESEND),
            "back": request.GET.get("back", ""),
            **(extra_context or {}),
        }
        return render(request, "notifications/log_entry.html", context)

    def export(self, request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
        """Export what the list shows over all its pages, and the attempts that it folds."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = _form(request)
        if not form.is_valid():
            return redirect("admin:notifications_attempt_changelist")
        return log_export.download(form.query(now=timezone.now()).entries())

    def resend(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Queue a new notification from an entry."""
        if not request.user.has_perms(_RESEND):
            raise PermissionDenied
        entry = Attempt.objects.select_related("notification").filter(pk=pk).first()
        if entry is None:
            messages.error(request, _("The entry is gone."))
            return redirect("admin:notifications_attempt_changelist")
        try:
            with form_token.key_of_form(request) as key:
                notification = outbox.resend(entry, initiator=request.user.get_username(), key=key)
        except NotQueued as error:
            messages.error(request, translated(error, _))
            return redirect("admin:notifications_attempt_change", pk)
        form_token.tell_queued(request, notification, _("Queued again as a new notification."))
        return redirect("admin:notifications_notification_change", notification.pk)


def _label(result: Result) -> str:
    return render_to_string(
        "notifications/_label.html", {"text": result.label, "colour": COLOURS[result]}
    )


def _form(request: HttpRequest) -> LogFilterForm:
    if unknown := request.GET.keys() - LogFilterForm.base_fields.keys() - _PAGING:
        raise DisallowedModelAdminLookup(f"Filtering by {', '.join(unknown)} not allowed")
    return LogFilterForm(request.GET)


def _page(request: HttpRequest, form: LogFilterForm) -> Page:
    try:
        before, after = (
            Cursor.parse(request.GET[name]) if request.GET.get(name) else None
            for name in ("before", "after")
        )
    except ValueError:
        messages.error(request, _("The address of this page is damaged; this is the newest page."))
        before = after = None
    return read(form.query(now=timezone.now()), before=before, after=after)


def _address(request: HttpRequest, **cursor: Cursor | None) -> str:
    """The address of the page that goes on from there, with the same filters; "" where none is."""
    ((name, value),) = cursor.items()
    if value is None:
        return ""
    query = request.GET.copy()
    for other in ("before", "after"):
        query.pop(other, None)
    query[name] = str(value)
    return "?" + query.urlencode()


def _entry_context(entry: Attempt) -> dict[str, Any]:
    others = Attempt.objects.shown().filter(message_id=entry.message_id).exclude(pk=entry.pk)
    may_have_left = entry.result in (Result.ACCEPTED, Result.UNCONFIRMED)
    return {
        "entry": entry,
        "explained": explain(
            entry.answer,
            submitted=entry.submitted,
            from_=entry.from_address,
            account=entry.account,
            translate=_,
        )
        if entry.error
        else None,
        "others": others[:_OTHERS] if entry.message_id else [],
        "colour": COLOURS[Result(entry.result)],
        "trace": trace_command.message_trace(
            entry.message_id, senders=(entry.from_address, entry.account), at=entry.at
        )
        if may_have_left and entry.message_id
        else "",
        "trace_is_late": timezone.now() - entry.at > trace_command.KEPT,
    }
