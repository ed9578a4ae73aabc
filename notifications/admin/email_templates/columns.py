"""The columns of the list of E-mail Notifications."""

from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from notifications.models import EmailTemplate
from notifications.templatetags.labels import yes_or_no
from notifications.templatetags.moments import moment
from notifications.templatetags.notifications import one_line


class Columns:
    list_display: Any = (
        "name", "shown_enabled", "shown_from", "shown_to", "shown_subject", "shown_changed",
        "shown_run",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> Any:
        newest = EmailTemplate.history.filter(id=OuterRef("pk")).order_by("-history_id")
        rows = super().get_queryset(request)  # type: ignore[misc]
        return rows.select_related("layout").annotate(
            changed_at=Subquery(newest.values("history_date")[:1]),
            changed_by=Subquery(newest.values("history_user__username")[:1]),
        )

    def get_list_display(self, request: HttpRequest) -> Any:
        if not request.user.has_perm("notifications.run_emailtemplate"):
            return self.list_display
        may_add = request.user.has_perm("notifications.add_emailtemplate")
        return (*self.list_display, "shown_links" if may_add else "shown_run_link")

    @display(description=_("Enabled"), ordering="enabled")
    def shown_enabled(self, template: EmailTemplate) -> str:
        return yes_or_no(template.enabled)

    @display(description=_("From"), ordering="from_address")
    def shown_from(self, template: EmailTemplate) -> str:
        return one_line(template.from_address or _("System defaults"))

    @display(description=_("To"), ordering="to")
    def shown_to(self, template: EmailTemplate) -> str:
        return one_line(template.to)

    @display(description=_("Subject"), ordering="subject")
    def shown_subject(self, template: EmailTemplate) -> str | SafeString:
        codes = [code for code in (template.language, *template.languages) if code]
        if len(codes) < 2:  # noqa: PLR2004 - one language is nothing to tell
            return one_line(template.subject)
        marks = " ".join(codes)
        return format_html(
            '{} <span class="mc-soft">{}</span>', one_line(template.subject), one_line(marks)
        )

    @display(description=_("Last changed"), ordering="changed_at")
    def shown_changed(self, template: Any) -> str | SafeString:
        return _when(template.changed_at, template.changed_by or "", never="")

    @display(description=_("Last run"), ordering="last_run_at")
    def shown_run(self, template: EmailTemplate) -> str | SafeString:
        return _when(template.last_run_at, "", never=gettext("Never"))

    @display(description=_("Actions"))
    def shown_links(self, template: EmailTemplate) -> SafeString:
        copy = f"{reverse('admin:notifications_emailtemplate_add')}?copy={template.pk}"
        return format_html(
            "{} {}", self.shown_run_link(template), _link(copy, gettext("Duplicate"), template)
        )

    @display(description=_("Actions"))
    def shown_run_link(self, template: EmailTemplate) -> SafeString:
        url = reverse("admin:template_run", args=[template.pk])
        return _link(url, gettext("Run"), template)


def _link(url: str, text: str, template: EmailTemplate) -> SafeString:
    link = '<a class="mc-row-action" href="{}" aria-label="{}: {}">{}</a>'
    return format_html(link, url, text, template.name, text)


def _when(moment_at: datetime | None, who: str, *, never: str) -> str | SafeString:
    if moment_at is None:
        return never
    when = moment(moment_at)
    if not who:
        return when
    return format_html('{} <span class="mc-soft">{}</span>', when, who)
