"""The rows of a page of the queue, each with what is said of it."""

from typing import Any

from django.utils import timezone
from django.utils.http import urlencode
from unfold.views import ChangeList

from notifications.admin.message import attempt_count, outlook
from notifications.models.status import Status

from .actions import ACTIONS

# What a person may do with one, the most likely first: the name of the action.
_ACTIONS = {
    Status.PENDING: ("send_now", "delete"),
    Status.FAILED: ("retry", "delete"),
    Status.UNCONFIRMED: ("mark_as_sent", "send_again", "delete"),
}


def _offered(row: Any) -> list[str]:
    names = _ACTIONS.get(row.status, ())
    return [name for name in names if row.outlook.can_leave or not ACTIONS[name].sends]


class QueueList(ChangeList):
    """The rows of a page, each with its outlook, its number of attempts, the `actions` that the
    reader may use, and `back`, which leads back to this list."""

    def get_results(self, request: Any) -> None:
        super().get_results(request)
        # Unfold would say that there are others, whatever the filters leave.
        self.full_result_count = self.result_count
        card = getattr(request, "queue_card", None)
        if card is None:
            return
        rows: list[Any] = list(self.result_list)  # type: ignore[has-type]
        self.result_list = rows
        attempts, now = attempt_count.counted(rows), timezone.now()
        situation = outlook.situation(card.status)
        may = getattr(request, "queue_actions", {})
        back = urlencode({"list": request.GET.urlencode()})
        for row in rows:
            row.outlook = outlook.of(row, situation, now=now)
            row.shown_attempts = attempts[row.pk]
            row.actions = [(name, may[name]) for name in _offered(row) if name in may]
            row.back = back
