"""Notifications > Bounces: what did not reach its address."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from notifications.admin.base import ReadOnlyAdmin
from notifications.backends.explanations.bounced import explain_bounce
from notifications.models import Bounce
from notifications.models.notification import shown_subject
from notifications.templatetags.moments import moment


@admin.register(Bounce)
class BounceAdmin(ReadOnlyAdmin):
    list_display = ("time", "address", "code", "reason", "notification")
    list_display_links = None
    list_filter = ("code",)
    search_fields = ("address__startswith",)
    search_help_text = _("The beginning of an address")
    ordering = ("-at", "-pk")
    list_select_related = ("entry",)
    show_full_result_count = False

    @display(description=_("Time"), ordering="at")
    def time(self, bounce: Bounce) -> str:
        return moment(bounce.at)

    @display(description=_("Reason"))
    def reason(self, bounce: Bounce) -> str:
        happened = explain_bounce(bounce.code, translate=gettext).happened
        if not bounce.text:
            return happened
        return format_html('{}<div class="mc-soft">{}</div>', happened, bounce.text[:300])

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
