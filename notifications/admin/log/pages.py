"""The Outgoing Notifications Log: one entry for every attempt, newest first."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from notifications.admin.base import ReadOnlyAdmin
from notifications.admin.csv_file import tell_export
from notifications.admin.message import rights, timeline, trace
from notifications.admin.saved import settings_of
from notifications.log.pages import Cursor, Page, Row, neighbours, read
from notifications.log.query import LogQuery
from notifications.models import Attempt
from notifications.models.attempt import Result
from notifications.queue.outgoing import default_sender

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
_GONE = gettext_lazy("The content of this entry has been deleted, so it can't be sent again.")
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
            path("<int:pk>/resend/", view(self.resend), name="log_resend"),
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
            "lines": _lines(page),
            "newer": _address(request, after=page.newer),
            "older": _address(request, before=page.older),
            # The page of a row is below its list; to look each up takes a tenth of the time.
            "opened": {
                "entry": reverse("admin:notifications_attempt_changelist"),
                "message": reverse("admin:notifications_notification_changelist"),
            },
            "from_list": urlencode({"back": request.GET.urlencode()}) if request.GET else "",
            "default_sender": default_sender(settings_of(request)),
            "may_see_messages": request.user.has_perm("notifications.view_notification"),
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
            **_entry_context(request, entry),
            "may_resend": entry.notification
            and rights.may_resend(request.user, entry.notification),
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
        tell_export(request, self.model)
        return log_export.download(form.query(now=timezone.now()).entries())

    def resend(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Lead to the page that asks to whom the entry's message goes once more."""
        if not request.user.has_perms((*rights.RESEND, "notifications.view_attempt")):
            raise PermissionDenied
        entry = Attempt.objects.only("notification_id").filter(pk=pk).first()
        if entry is None:
            messages.error(request, _("The entry is gone."))
            return redirect("admin:notifications_attempt_changelist")
        if entry.notification_id is None:
            messages.error(request, _GONE)
            return redirect("admin:notifications_attempt_change", pk)
        return redirect("admin:notification_resend", entry.notification_id)


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


def _lines(page: Page) -> list[tuple[Row, bool]]:
    """Return the rows, each with whether it is the first of its day, which has a heading."""
    days = [timezone.localdate(row.at) for row in page.rows]
    return [
        (row, index == 0 or days[index - 1] != days[index]) for index, row in enumerate(page.rows)
    ]


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


def _entry_context(request: HttpRequest, entry: Attempt) -> dict[str, Any]:
    others = Attempt.objects.shown().filter(message_id=entry.message_id).exclude(pk=entry.pk)
    explanation = timeline.explained(entry) if entry.error else None
    return {
        "entry": entry,
        "step": timeline.Step(entry.at, entry.result, "", entry, explanation),
        "others": others[:_OTHERS] if entry.message_id else [],
        "colour": COLOURS[Result(entry.result)],
        **trace.of(entry),
        **_neighbours(request, entry),
    }


def _neighbours(request: HttpRequest, entry: Attempt) -> dict[str, Any]:
    """Return the entries before and after it in the list that it was opened from."""
    form = LogFilterForm(QueryDict(request.GET.get("back", "")))
    query = form.query(now=timezone.now()) if form.is_valid() else LogQuery()
    newer, older = neighbours(query, entry)
    back = f"?{urlencode({'back': request.GET['back']})}" if request.GET.get("back") else ""
    return {"newer": newer, "older": older, "back_query": back}
