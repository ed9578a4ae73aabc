"""Actions on many notifications: on those that are ticked, or on all that a filter leaves.

Each verb re-checks the status in its own UPDATE, so that the counts are right whatever workers and
other people do meanwhile.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, ngettext_lazy

from notifications import outbox
from notifications.admin.saved import settings_of
from notifications.audit.actors import person
from notifications.audit.record import Actor, record
from notifications.counts import Counted
from notifications.incident.causes import Cause
from notifications.mailbox.connection import Connection
from notifications.models import Notification
from notifications.models.audit.act import Act
from notifications.models.rows import row_number
from notifications.models.status import RESTARTABLE, Status
from notifications.queue.holding.obstacles import made_elsewhere_text

from . import promise, question

LIST = "admin:notifications_notification_changelist"
_PIECE = 5000  # rows of one UPDATE


_SKIPPED_EXPIRED = ngettext_lazy(
    "%(n)s was skipped: it has expired, or its status does not allow this.",
    "%(n)s were skipped: they have expired, or their status does not allow this.",
    "n",
)
_SKIPPED = ngettext_lazy(
    "%(n)s was skipped: its status does not allow this (any more).",
    "%(n)s were skipped: their status does not allow this (any more).",
    "n",
)


@dataclass(frozen=True, slots=True)
class Action:
    """`verb` is called with rows and the name of the person; `act` is its name in the audit trail.
    `sends` says when they are sent if nothing holds mail but a pause, which `passes_pause`; "" if
    the action sends nothing. `at_once`: all rows in one call, of whatever number. What has expired
    is skipped if it `skips_expired`."""

    label: Any
    act: Act
    verb: Callable[..., int]
    allowed: Sequence[Status]
    done: Any
    what_it_means: Any = ""
    sends: Any = ""
    passes_pause: bool = False
    skips_expired: bool = False
    at_once: bool = False


def _of_rows(verb: Callable[[Any], int]) -> Callable[..., int]:
    """Make a verb that does not mind who calls it."""
    return lambda rows, **_who: verb(rows)


def _retry(rows: Any, *, by: str, cause: Cause | None = None) -> int:
    code, error = (cause.code, cause.error) if cause else ("", "")
    return outbox.retry(rows, by=by, code=code, error=error).count


ACTIONS = {
    "retry": Action(
        _("Retry"),
        Act.RETRY,
        _retry,
        (Status.FAILED,),
        ngettext_lazy(
            "%(n)s notification is being sent.", "%(n)s notifications are being sent.", "n"
        ),
        sends=_("They will be sent again, oldest first, even if the queue is paused."),
        passes_pause=True,
        skips_expired=True,
        at_once=True,
    ),
    "send_now": Action(
        _("Send now"),
        Act.SEND_NOW,
        _of_rows(outbox.send_now),
        (Status.PENDING, Status.FAILED),
        ngettext_lazy(
            "%(n)s notification is being sent.", "%(n)s notifications are being sent.", "n"
        ),
        sends=_("They will be sent immediately, oldest first, even if the queue is paused."),
        passes_pause=True,
        skips_expired=True,
    ),
    "mark_as_sent": Action(
        _("Mark as sent"),
        Act.MARK_AS_SENT,
        _of_rows(outbox.mark_as_sent),
        (Status.UNCONFIRMED,),
        ngettext_lazy(
            "%(n)s notification was marked as sent.",
            "%(n)s notifications were marked as sent.",
            "n",
        ),
        _("They are not sent again."),
    ),
    "send_again": Action(
        _("Send again"),
        Act.SEND_AGAIN,
        _of_rows(outbox.send_again),
        (Status.UNCONFIRMED,),
        ngettext_lazy(
            "%(n)s notification is being sent again.",
            "%(n)s notifications are being sent again.",
            "n",
        ),
        _("If they were sent after all, they arrive twice."),
        sends=_("They will be sent again."),
        skips_expired=True,
    ),
    "delete": Action(
        _("Delete"),
        Act.DELETED,
        _of_rows(outbox.cancel),
        RESTARTABLE,
        ngettext_lazy("%(n)s notification was deleted.", "%(n)s notifications were deleted.", "n"),
        _("They will not be sent. This cannot be undone."),
    ),
    "cancel": Action(
        _("Cancel"),
        Act.CANCELLED,
        _of_rows(outbox.cancel),
        RESTARTABLE,
        ngettext_lazy(
            "%(n)s message was cancelled and will not be sent.",
            "%(n)s messages were cancelled and will not be sent.",
            "n",
        ),
        _("They will not be sent. This cannot be undone."),
    ),
    "look_again": Action(
        _("Look again"),
        Act.LOOK_AGAIN,
        _of_rows(outbox.look_again),
        (Status.UNCONFIRMED,),
        ngettext_lazy(
            "The mailbox is being searched for %(n)s message.",
            "The mailbox is being searched for %(n)s messages.",
            "n",
        ),
        _("The mailbox is searched for them. Those that have not been sent are sent then."),
    ),
}
# These are done on the page of one message; the list has others.
ON_ONE_PAGE = ("cancel", "look_again")


class QueueActions:
    """The actions of the list; each is a verb of the outbox."""

    @admin.action(description=ACTIONS["retry"].label)
    def retry(self, request: HttpRequest, rows: QuerySet[Notification]) -> None:
        act(request, "retry", rows)

    @admin.action(description=ACTIONS["send_now"].label)
    def send_now(self, request: HttpRequest, rows: QuerySet[Notification]) -> None:
        """Send what was chosen. Scheduled ones go only if nothing else was chosen with them."""
        due, later = _taken_apart(rows)
        count = later.count() if due.exists() else 0
        act(request, "send_now", due if due.exists() else later)
        if count:
            text = ngettext(
                "%(n)s is scheduled for later and stays so. Choose it alone to send it now.",
                "%(n)s are scheduled for later and stay so. Choose them alone to send them now.",
                count,
            )
            messages.info(request, text % {"n": Counted(count)})

    @admin.action(description=ACTIONS["delete"].label)
    def delete(self, request: HttpRequest, rows: QuerySet[Notification]) -> None:
        act(request, "delete", rows)

    @admin.action(description=ACTIONS["mark_as_sent"].label)
    def mark_as_sent(self, request: HttpRequest, rows: QuerySet[Notification]) -> None:
        act(request, "mark_as_sent", rows)

    @admin.action(description=ACTIONS["send_again"].label)
    def send_again(self, request: HttpRequest, rows: QuerySet[Notification]) -> None:
        act(request, "send_again", rows)


def act(request: HttpRequest, name: str, rows: QuerySet[Notification], **chosen: Any) -> None:
    """Act on the rows as they are now; say how many changed, and how many could not."""
    action, by = ACTIONS[name], person(request)
    rows, elsewhere = _that_can_leave(action, rows, request)
    pks = list(rows.order_by().values_list("pk", flat=True))
    size = len(pks) if action.at_once else _PIECE
    pieces = [pks[start : start + size] for start in range(0, len(pks), size or 1)]
    changed = sum(_act(action, piece, by, **chosen) for piece in pieces)
    if changed:
        holds = promise.held_by(request, action, now=timezone.now())
        messages.success(request, promise.after(action, changed, holds))
    if left := len(pks) - changed:
        skipped = _SKIPPED_EXPIRED if action.skips_expired else _SKIPPED
        messages.warning(request, skipped % {"n": Counted(left)})
    if elsewhere:
        messages.warning(request, made_elsewhere_text(elsewhere))
    if not pks and not elsewhere:
        messages.warning(request, _("Nothing was done: no notification matches any more."))


@transaction.atomic
def _act(action: Action, pks: Sequence[int], by: Actor, **chosen: Any) -> int:
    """Act on one piece, and tell exactly which rows it has changed: they are held meanwhile."""
    rows = Notification.objects.filter(pk__in=pks, status__in=action.allowed).order_by("pk")
    ends = dict(rows.select_for_update().values_list("pk", "expires_at"))
    changed = action.verb(Notification.objects.filter(pk__in=ends), by=by.who, **chosen)
    found = list(ends)
    if action.skips_expired:
        now = timezone.now()
        found = [pk for pk, end in ends.items() if end is None or end >= now]
    if 0 < changed < len(found):
        # A verb that leaves some out makes another status of all others.
        rest = Notification.objects.filter(pk__in=found).exclude(status__in=action.allowed)
        found = list(rest.values_list("pk", flat=True))
    if changed:
        record(action.act, by, messages=found)
    return changed


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
    if newest is None:
        rows, elsewhere = _that_can_leave(action, rows, request)
        parts = question.Parts(rows, later, elsewhere)
        return question.ask(queue, request, name, action=action, changes=changes, parts=parts)
    rows = changes.queryset.order_by() if "scheduled" in request.POST else rows
    chosen = {"cause": question.cause_of(request)} if name == "retry" else {}
    act(request, name, rows.filter(status__in=action.allowed, pk__lte=newest), **chosen)
    return redirect(LIST)


def _that_can_leave(action: Action, rows: Any, request: HttpRequest) -> tuple[Any, int]:
    """Leave out what an action that sends would promise in vain, because it was made for another
    cloud; return the others, and how many it is."""
    if not action.sends:
        return rows, 0
    cloud = Connection.of(settings_of(request).values()).cloud.key
    return rows.filter(cloud=cloud), rows.exclude(cloud=cloud).count()


def _taken_apart(rows: Any) -> tuple[Any, Any]:
    """Take those whose time has come and those that are scheduled apart."""
    later = Notification.objects.scheduled(now=timezone.now()).values("pk")
    return rows.exclude(pk__in=later), rows.filter(pk__in=later)
