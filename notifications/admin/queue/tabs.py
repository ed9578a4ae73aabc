"""The tabs above the list of the queue."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from notifications.queue.overview import QueueStatus
from notifications.queue.waiting import Group

_NOTHING = {
    str(Group.NEEDS_YOU): _("Nothing needs you: there is nothing to decide."),
    str(Group.WAITING): _("Nothing is waiting to be sent now."),
    str(Group.SCHEDULED): _("Nothing is scheduled for later."),
}


def of(request: HttpRequest, status: QueueStatus) -> list[dict[str, Any]]:
    """Return each with its number, and whether it is open."""
    counts = {
        "": sum(status.counts.values()),
        Group.NEEDS_YOU: status.needs_you,
        Group.WAITING: status.waiting,
        Group.SCHEDULED: status.waits.scheduled,
    }
    labels = {"": _("All"), **dict(Group.choices)}
    chosen = request.GET.get("tab", "")
    return [
        {"name": name, "label": labels[name], "count": count, "is_open": name == chosen}
        for name, count in counts.items()
    ]


def nothing(request: HttpRequest) -> Any:
    """Say what an empty tab has none of; "" where a search or a filter may be the reason."""
    return _NOTHING.get(request.GET["tab"], "") if set(request.GET) == {"tab"} else ""
