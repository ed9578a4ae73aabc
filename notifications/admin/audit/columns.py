"""What the list and the page say of an event."""

from django.contrib import admin
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notifications.models import AuditEvent
from notifications.models.audit.act import REFUSALS
from notifications.templatetags.labels import label
from notifications.templatetags.moments import exact, moment

from .words import details_of, object_of

_LONGEST = 200  # characters of details in the list


class EventColumns:
    @admin.display(description=_("Time"))
    def time(self, event: AuditEvent) -> str:
        return moment(event.at)

    @admin.display(description=_("Time"))
    def exact_time(self, event: AuditEvent) -> str:
        return exact(event.at)

    @admin.display(description=_("Who"))
    def who_acted(self, event: AuditEvent) -> str:
        return event.who or event.get_by_display()

    @admin.display(description=_("Address"))
    def from_where(self, event: AuditEvent) -> str:
        return event.address

    @admin.display(description=_("What"))
    def what(self, event: AuditEvent) -> str:
        return label(event.label, "warning" if event.act in REFUSALS else "default")

    @admin.display(description=_("What"))
    def act_in_words(self, event: AuditEvent) -> str:
        return event.label

    @admin.display(description=_("Object"))
    def on(self, event: AuditEvent) -> str:
        """Link to the object's page. It may be gone, and then says so."""
        text = object_of(event)
        if not event.object_number:
            return text
        name = f"admin:{event.object_type.replace('.', '_')}_change"
        try:
            url = reverse(name, args=[event.object_number])
        except NoReverseMatch:
            return text
        return format_html('<a class="mc-link" href="{}">{}</a>', url, text)

    @admin.display(description=_("Details"))
    def more(self, event: AuditEvent) -> str:
        text = details_of(event)
        return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"

    @admin.display(description=_("Details"))
    def everything(self, event: AuditEvent) -> str:
        return details_of(event, with_messages=True) or gettext("None")
