"""The columns of the Notification Queue, narrow enough for all to be seen."""

from typing import Any

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import display

from notifications.admin.sensitive import HIDDEN
from notifications.models import Notification
from notifications.models.notification import Priority
from notifications.models.status import Status
from notifications.templatetags.addresses import address
from notifications.templatetags.moments import short
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
    def queued(self, row: Notification) -> SafeString:
        return short(row.queued_at)

    @display(description=_("Status"), ordering="status")
    def shown_status(self, row: Any) -> str:
        text = '<span class="mc-badge mc-badge-{0}" data-status="{0}">{1}</span>'
        return format_html(text, row.status, row.outlook.state)

    @display(description=_("Initiator"), ordering="initiator")
    def shown_initiator(self, row: Notification) -> str:
        return _short(row.initiator)

    @display(description=_("From"), ordering="from_address")
    def shown_from(self, row: Notification) -> str:
        return address(row.from_address) if row.from_address else _short(str(_("System default")))

    @display(description=_("To"))
    def shown_to(self, row: Notification) -> str:
        first, *others = row.recipients
        if not others:
            return address(first)
        return format_html("{} +{}", address(first), len(others))

    # The list cannot be sorted by it, because the place of a hidden subject would reveal it.
    @display(description=_("Subject"))
    def shown_subject(self, row: Any) -> str:
        text = one_line(HIDDEN if row.is_hidden else row.subject or _("(no subject)"))
        return format_html(
            '<span class="mc-two-lines" title="{0}">{1}{0}</span>', text, _priority(row)
        )

    @display(description=_("Attempts"), ordering="attempts")
    def shown_attempts(self, row: Any) -> Any:
        return row.shown_attempts

    @display(description=_("Next attempt"), ordering="due_at")
    def next_attempt(self, row: Any) -> str:
        return row.outlook.next_attempt

    @display(description=_("Attachments"))
    def shown_attachments(self, row: Any) -> str:
        sizes = [attachment.size for attachment in row.attachments.all()]
        if not sizes:
            return ""
        said = ngettext("%(n)d attachment, %(size)s", "%(n)d attachments, %(size)s", len(sizes))
        title = said % {"n": len(sizes), "size": filesizeformat(sum(sizes))}
        return format_html("{}{}", _icon("attach_file", title), len(sizes))

    @display(description=_("Reason"))
    def reason(self, row: Any) -> str:
        if not row.outlook.reason:
            return ""
        text = '<span class="mc-reason">{} <span class="mc-soft">{}</span></span>'
        return format_html(text, row.outlook.reason, row.outlook.next_step)

    @display(description=_("Actions"))
    def row_actions(self, row: Any) -> str:
        """Buttons of the form that the list is; each posts to the notification's own address."""
        address = f"{reverse('admin:notification_do', args=[row.pk])}?{row.back}"
        buttons = (_button(row, address, *each) for each in row.actions)
        return format_html_join("", _BUTTON, buttons)


# By the name of the action; others do no harm.
_QUESTIONS = {
    "delete": _("Delete this notification? It will not be sent."),
    "send_again": _("Send this message again? If it was sent, the recipient gets it twice."),
}
_BUTTON = (
    '<button type="submit" class="mc-row-action" name="action" value="{}" formaction="{}"'
    ' formnovalidate{}>{}<span class="mc-unseen"> {}</span></button>'
)


def _button(row: Any, address: str, name: str, label: Any) -> tuple[Any, ...]:
    asked = format_html(' data-confirm="{}"', _QUESTIONS[name]) if name in _QUESTIONS else ""
    return name, address, asked, label, row.pk


def _priority(row: Notification) -> str:
    if row.priority == Priority.URGENT:
        return _icon("priority_high", str(Priority.URGENT.label), "mc-icon-urgent")
    return _icon("low_priority", str(Priority.BULK.label)) if row.priority == Priority.BULK else ""


def _icon(name: str, title: str, more: str = "") -> SafeString:
    """Show a symbol; its name stays out of the text that people find and copy."""
    text = (
        '<span class="mc-icon {0}" data-icon="{1}" role="img" aria-label="{2}" title="{2}"></span>'
    )
    return format_html(text, more, name, title)


def _short(text: str) -> SafeString:
    """Shorten a text; people see more of it when they point at it."""
    text = one_line(text)
    return format_html('<span class="mc-short" title="{}">{}</span>', text, text)
