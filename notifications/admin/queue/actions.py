"""Actions on many notifications: on those that are ticked, or on all that a filter leaves.

Each verb re-checks the status in its own UPDATE, so that the counts are right whatever workers and
other people do meanwhile.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import Count, Max, Min, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, ngettext_lazy

from notifications import outbox
from notifications.models import Notification
from notifications.models.rows import row_number
from notifications.models.status import RESTARTABLE, Status

LIST = "admin:notifications_notification_changelist"
_PIECE = 5000  # rows of one UPDATE


@dataclass(frozen=True, slots=True)
class Action:
    label: Any
    verb: Callable[[Any], int]
    allowed: Sequence[Status]
    done: Any
    what_it_means: Any


ACTIONS = {
    "send_now": Action(
        _("Send now"),
        outbox.send_now,
        (Status.PENDING, Status.FAILED),
        ngettext_lazy("%(n)d notification is sent now.", "%(n)d notifications are sent now.", "n"),
        _("They leave at once, oldest first, also while the queue is paused."),
    ),
    "delete": Action(
        _("Delete"),
        outbox.cancel,
        RESTARTABLE,
        ngettext_lazy("%(n)d notification was deleted.", "%(n)d notifications were deleted.", "n"),
        _("They will not be sent. This cannot be undone."),
    ),
    "mark_as_sent": Action(
        _("Mark as sent"),
        outbox.mark_as_sent,
        (Status.UNCONFIRMED,),
        ngettext_lazy(
            "%(n)d notification was marked as sent.",
            "%(n)d notifications were marked as sent.",
            "n",
        ),
        _("They are not sent again."),
    ),
    "send_again": Action(
        _("Send again"),
        outbox.send_again,
        (Status.UNCONFIRMED,),
        ngettext_lazy(
            "%(n)d notification is sent again.", "%(n)d notifications are sent again.", "n"
        ),
        _("Those that have been sent after all arrive twice."),
    ),
    "cancel": Action(
        _("Cancel"),
        outbox.cancel,
        RESTARTABLE,
        ngettext_lazy(
            "%(n)d message was cancelled and will not be sent.",
            "%(n)d messages were cancelled and will not be sent.",
            "n",
        ),
        _("They will not be sent. This cannot be undone."),
    ),
    "look_again": Action(
        _("Look again"),
        outbox.look_again,
        (Status.UNCONFIRMED,),
        ngettext_lazy(
            "The mailbox is being searched for %(n)d message.",
            "The mailbox is being searched for %(n)d messages.",
            "n",
        ),
        _("The mailbox is searched for them. Those that have not been sent are sent then."),
    ),
}
# These are done on the page of one message; the list has others.
ON_ONE_PAGE = ("cancel", "look_again")


class QueueActions:
    """The actions of the list; each is a verb of the outbox."""

    @admin.action(description=ACTIONS["send_now"].label)
    def send_now(self, request: HttpRequest, rows: QuerySet[Notification]) -> None:
        """Send what was chosen. Scheduled ones go only if nothing else was chosen with them."""
        due, later = _taken_apart(rows)
        count = later.count() if due.exists() else 0
        act(request, "send_now", due if due.exists() else later)
        if count:
            text = ngettext(
                "%(n)d is scheduled for later and stays so. Choose it alone to send it now.",
                "%(n)d are scheduled for later and stay so. Choose them alone to send them now.",
                count,
            )
            messages.info(request, text % {"n": count})

    @admin.action(description=ACTIONS["delete"].label)
    def delete(self, request: HttpRequest, rows: QuerySet[Notification]) -> None:
        act(request, "delete", rows)

    @admin.action(description=ACTIONS["mark_as_sent"].label)
    def mark_as_sent(self, request: HttpRequest, rows: QuerySet[Notification]) -> None:
        act(request, "mark_as_sent", rows)

    @admin.action(description=ACTIONS["send_again"].label)
    def send_again(self, request: HttpRequest, rows: QuerySet[Notification]) -> None:
        act(request, "send_again", rows)


def act(request: HttpRequest, name: str, rows: QuerySet[Notification]) -> None:
    """Act on the rows as they are now; say how many changed, and how many could not."""
    action = ACTIONS[name]
    pks = list(rows.order_by().values_list("pk", flat=True))
    pieces = [pks[start : start + _PIECE] for start in range(0, len(pks), _PIECE)]
    changed = sum(action.verb(Notification.objects.filter(pk__in=piece)) for piece in pieces)
    if changed:
        messages.success(request, action.done % {"n": changed})
    if left := len(pks) - changed:
        text = ngettext(
            "%(n)d was left alone: its status does not allow this (any more).",
            "%(n)d were left alone: their status does not allow this (any more).",
            left,
        )
        messages.warning(request, text % {"n": left})
    if not pks:
        messages.warning(request, _("Nothing was done: no notification matches any more."))


def on_all(queue: Any, request: HttpRequest, name: str) -> HttpResponse:
    """Ask, with the count; then act on everything that the filters leave, over all pages.
    Notifications that came after the question are left alone."""
    action = ACTIONS.get(name)
    if action is None:
        raise Http404
    try:
        changes = queue.get_changelist_instance(request)
    except IncorrectLookupParameters:
        return redirect(LIST)
    rows, later = changes.queryset.order_by(), Notification.objects.none()
    if name == "send_now":
        rows, later = _taken_apart(rows)
    newest = row_number(request.POST.get("newest", ""))
    if newest is not None:
        rows = changes.queryset.order_by() if "scheduled" in request.POST else rows
        act(request, name, rows.filter(status__in=action.allowed, pk__lte=newest))
        return redirect(LIST)
    figures = changes.queryset.aggregate(newest=Max("pk")) | rows.aggregate(
        oldest=Min("queued_at"),
        matching=Count("pk"),
        count=Count("pk", filter=Q(status__in=action.allowed)),
    )
    context = {
        **queue.admin_site.each_context(request),
        **figures,
        "others": figures["matching"] - figures["count"],
        "scheduled": later.count(),
        "title": action.label,
        "name": name,
        "asked": action,
        "filters": _filters(changes),
        "query": request.GET.urlencode(),
    }
    return render(request, "notifications/queue_question.html", context)


def _taken_apart(rows: Any) -> tuple[Any, Any]:
    """Take those whose time has come and those that are scheduled apart."""
    later = Notification.objects.scheduled(now=timezone.now()).values("pk")
    return rows.exclude(pk__in=later), rows.filter(pk__in=later)


def _filters(changes: Any) -> list[tuple[str, str]]:
    """Return the filters in words, by name and chosen value."""
    found = [("", f"“{changes.query}”")] if changes.query else []
    for filter_ in changes.filter_specs:
        _all, *choices = filter_.choices(changes)
        found += [
            (str(filter_.title), str(choice["display"])) for choice in choices if choice["selected"]
        ]
    return found
