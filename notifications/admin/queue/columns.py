"""The columns of the Notification Queue, narrow enough for all to be seen."""

from datetime import datetime
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import display

from notifications.admin.sensitive import HIDDEN
from notifications.models import Notification
from notifications.models.status import Status
from notifications.templatetags.notifications import one_line

COLOURS = {
    Status.PENDING: "info",
    Status.SENDING: "info",
    Status.FAILED: "danger",
    Status.UNCONFIRMED: "warning",
    Status.ACCEPTED: "success",
}


class QueueColumns:
    @display(description=_("Queued"), ordering="queued_at")
    def queued(self, row: Notification) -> str:
        return _time(row.queued_at)

    @display(
        description=_("Status"),
        ordering="status",
        label=COLOURS,
    )
    def shown_status(self, row: Notification) -> tuple[str, str]:
        return row.status, row.get_status_display()

    @display(description=_("Initiator"), ordering="initiator")
    def shown_initiator(self, row: Notification) -> str:
        return _short(row.initiator)

    @display(description=_("From"), ordering="from_address")
    def shown_from(self, row: Notification) -> str:
        return _short(row.from_address or str(_("System default")))

    @display(description=_("To"))
    def shown_to(self, row: Notification) -> str:
        first, *others = row.recipients
        if not others:
            return _short(first)
        return format_html("{} +{}", _short(first), len(others))

    # The list cannot be sorted by it, because the place of a hidden subject would reveal it.
    @display(description=_("Subject"))
    def shown_subject(self, row: Any) -> str:
        text = one_line(HIDDEN if row.is_hidden else row.subject or _("(no subject)"))
        return format_html('<span class="mc-two-lines" title="{}">{}</span>', text, text)

    @display(description=_("Attempts"), ordering="attempts")
    def shown_attempts(self, row: Notification) -> int:
        return row.attempts

    @display(description=_("Next attempt"), ordering="due_at")
    def next_attempt(self, row: Notification) -> str:
        return _time(row.due_at) if row.status == Status.PENDING else ""

    @display(description=_("Attachments"))
    def shown_attachments(self, row: Any) -> str:
        sizes = [attachment.size for attachment in row.attachments.all()]
        if not sizes:
            return ""
        size = filesizeformat(sum(sizes))
        text = ngettext("%(n)d (%(size)s)", "%(n)d (%(size)s)", len(sizes))
        return text % {"n": len(sizes), "size": size}


def _time(when: datetime) -> SafeString:
    """Show day and time, each in one piece."""
    local = timezone.localtime(when)
    parts = ((f"{local:%Y-%m-%d}",), (f"{local:%H:%M:%S}",))
    return format_html_join(" ", '<span class="mc-piece">{}</span>', parts)


def _short(text: str) -> SafeString:
    """Shorten a text; people see more of it when they point at it."""
    text = one_line(text)
    return format_html('<span class="mc-short" title="{}">{}</span>', text, text)
