"""What the list, and the page of somebody who only looks, show of a channel."""

from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from notifications.i18n import shown
from notifications.models import AlarmChannel
from notifications.models.alarms.alarm import AlarmCode
from notifications.templatetags.moments import moment
from notifications.webhooks.target import shown_address


class ChannelColumns:
    @display(description=_("State"), label={"on": "success", "failing": "warning", "off": "info"})
    def shown_state(self, row: AlarmChannel) -> tuple[str, Any]:
        if not row.enabled:
            return "off", _("Off")
        return ("failing", _("Failing")) if row.last_error else ("on", _("On"))

    @display(description=_("Alarms"))
    def shown_alarms(self, row: AlarmChannel) -> Any:
        wanted = [code for code in AlarmCode if code not in row.left_out]
        if len(wanted) == len(AlarmCode):
            return _("All")
        return gettext("%(used)s of %(most)s") % {"used": len(wanted), "most": len(AlarmCode)}

    @display(description=_("Last delivery"))
    def shown_last_delivery(self, row: AlarmChannel) -> Any:
        if row.last_at is None:
            return _("Never")
        came_of_it = outcome(row.last_status, row.last_error)
        return format_html("<span>{}: {}</span>", moment(row.last_at), came_of_it)

    @display(description=_("Address"))
    def shown_url(self, row: AlarmChannel) -> str:
        return shown_address(row.alarm_url) if row.alarm_url else ""

    @display(description=_("Test"))
    def send_test(self, row: AlarmChannel) -> Any:
        return format_html(
            '<button class="mc-link mc-target cursor-pointer" formaction="{}" aria-label="{}">{}'
            "</button>",
            reverse("admin:alarm_channel_test", args=[row.pk]),
            gettext("Send test: %(name)s") % {"name": row.name},
            gettext("Send test"),
        )


def outcome(status: int, error: str) -> str:
    """Say what came of a delivery."""
    if error:
        return shown(error, gettext)
    return gettext("delivered (%(status)s)") % {"status": status}
