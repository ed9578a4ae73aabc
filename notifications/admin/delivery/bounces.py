"""Notifications > Bounces: what did not reach its address."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from notifications.admin.base import ReadOnlyAdmin, pages_of
from notifications.backends.explanations.bounced import explain_bounce
from notifications.models import Attempt, Bounce
from notifications.models.notification import shown_subject
from notifications.templatetags.moments import moment

_NEWEST = 1000


class CodeFilter(admin.SimpleListFilter):
    """The codes of the newest bounces: those of all would be asked of the whole table."""

    title = _("Code")
    parameter_name = "code"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        newest = Bounce.objects.order_by("-at", "-pk").values_list("code", flat=True)[:_NEWEST]
        codes = {*newest, request.GET.get(self.parameter_name, "")} - {""}
        return [(code, code) for code in sorted(codes)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Bounce]) -> QuerySet[Bounce]:
        return queryset.filter(code=self.value()) if self.value() else queryset


@admin.register(Bounce)
class BounceAdmin(ReadOnlyAdmin):
    list_display = ("time", "address", "code", "reason", "notification")
    list_display_links = None
    list_filter = (CodeFilter,)
    search_fields = ("address__startswith",)
    search_help_text = _("The beginning of an address")
    ordering = ("-at", "-pk")
    list_per_page = 50
    paginator = pages_of("notifications/_bounce_pages.html")
    show_full_result_count = False
    change_list_template = "notifications/plain_list.html"

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        title = {"title": gettext("Bounces")}
        return super().changelist_view(request, {**title, **(extra_context or {})})

    def get_list_display(self, request: HttpRequest) -> Sequence[str]:
        """Leave out the subjects for who may not see the log."""
        may_see = request.user.has_perm("notifications.view_attempt")
        return self.list_display if may_see else self.list_display[:-1]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Bounce]:
        """The entries are read for the page's rows: a join makes those of all pages before it."""
        rows: QuerySet[Bounce] = super().get_queryset(request)
        return rows.prefetch_related(Prefetch("entry", Attempt.objects.only("subject")))

    @display(description=_("Time"), ordering="at")
    def time(self, bounce: Bounce) -> str:
        return moment(bounce.at)

    @display(description=_("Reason"))
    def reason(self, bounce: Bounce) -> str:
        happened = explain_bounce(bounce.code, translate=gettext).happened
        if not bounce.text:
            return happened
        # One block: on a phone each cell is a row of what it has.
        words = '<div class="min-w-0 break-words">{}<div class="mc-soft">{}</div></div>'
        return format_html(words, happened, bounce.text[:300])

    @display(description=_("Notification"))
    def notification(self, bounce: Bounce) -> str:
        if bounce.entry is None:
            return gettext("of no known message")
        subject = shown_subject(bounce.entry.subject) or gettext("(no subject)")
        url = reverse("admin:notifications_attempt_change", args=[bounce.entry.pk])
        return format_html('<a class="mc-link" href="{}">{}</a>', url, subject[:80])

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        return super().get_search_results(request, queryset, search_term.lower())
