"""What is promised to a person who sends notifications: nothing that what holds mail prevents."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications.admin.saved import settings_of
from notifications.counts import Counted
from notifications.queue.holding import hold

if TYPE_CHECKING:
    from .actions import Action


def held_by(request: HttpRequest, action: "Action", *, now: datetime) -> str:
    """Say what holds mail that the action lets go, "" where it goes at once."""
    if not action.sends:
        return ""
    holding = hold.read(settings_of(request), now=now)
    found = hold.past_pause(holding) if action.passes_pause else holding
    return " ".join(each.text for each in found)


def before(action: "Action", holds: str) -> str:
    """Say in the question what the action does; `holds` is what holds mail."""
    when = action.sends
    if holds:
        when = _("They will be sent as soon as mail can leave again, oldest first: %(cause)s")
        when %= {"cause": holds}
    return " ".join(str(each) for each in (when, action.what_it_means) if each)


def after(action: "Action", count: int, holds: str) -> Any:
    """Say what the action did with so many."""
    if not holds:
        return action.done % {"n": Counted(count)}
    text = ngettext(
        "%(n)s notification will be sent as soon as mail can leave again: %(cause)s",
        "%(n)s notifications will be sent as soon as mail can leave again: %(cause)s",
        count,
    )
    return text % {"n": Counted(count), "cause": holds}
