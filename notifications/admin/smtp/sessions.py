"""The tab Sessions: what devices said and what they heard."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from notifications.admin.base import ReadOnlyAdmin
from notifications.audit.actors import person
from notifications.audit.record import Target, record
from notifications.models import SmtpSession
from notifications.models.audit.act import Act
from notifications.templatetags.moments import moment


@admin.register(SmtpSession)
class SmtpSessionAdmin(ReadOnlyAdmin):
    list_display = ("shown_at", "client", "peer", "encryption", "queued", "shown_last")
    list_filter = ("client",)
    list_select_related = ("client",)
    list_per_page = 50
    show_full_result_count = False
    list_disable_select_all = True
    change_list_template = "notifications/smtp_sessions.html"
    change_form_template = "notifications/smtp_session.html"

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Addresses and subjects of answers are for those who may read sensitive mail."""
        rights = ("notifications.view_smtpsession", "notifications.view_sensitive")
        return bool(request.user.has_perms(rights))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        if row and self.has_view_permission(request, row):
            record(Act.READ, person(request), Target.of(row, row.peer or ""))
        context = {"session": row, "title": _("SMTP session"), **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    @display(description=_("Time"), ordering="at")
    def shown_at(self, row: SmtpSession) -> Any:
        return moment(row.at)

    @display(description=_("Last answer"))
    def shown_last(self, row: SmtpSession) -> str:
        said = [text for _at, side, text in row.lines if side == "S" and not text.startswith("221")]
        return said[-1] if said else ""
