"""The page of a message: what became of it, what it says, and what a person can do with it."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from notifications.admin import form_token
from notifications.admin.saved import settings_of
from notifications.admin.sensitive import HIDDEN, may_see, tell_reading
from notifications.log.alike import sent_alike
from notifications.models import Attempt, Notification, Origin
from notifications.models.attempt import Result
from notifications.models.rows import row_number
from notifications.models.status import IN_QUEUE, RESTARTABLE, Status

from . import attempt_count, carried_content, content, outlook, rights, timeline, trace

_COPIES = 20  # these are shown
_LONGEST_TITLE = 80
QUEUE = "admin:notifications_notification_changelist"
LOG = "admin:notifications_attempt_changelist"


def find(number: str) -> Notification | None:
    rows = Notification.objects.select_related("came_with__api_key", "origin", "bulk_retry")
    return rows.filter(pk=row_number(number)).first()


def show(request: HttpRequest, row: Notification, *, colour: str) -> HttpResponse:
    """`row` was read with its API key and its origin; `colour` is that of its status."""
    entries = _entries(request, row)
    if row.is_carried:
        carried_content.show(row, may_see=may_see(request.user, row))
    journey = timeline.steps(row, entries)
    said = outlook.of_one(row, settings_of(request), now=timezone.now())
    context = {
        **frame(request, row),
        "outlook": said,
        "entries": entries,
        "journey": journey,
        "trouble": None if said.banner_tells_why else timeline.trouble(row, journey),
        "kept_entries": len(entries),
        **_facts(row, entries),
        **_content(request, row),
        **_other_messages(request, row),
        **_actions(request, row, can_leave=said.can_leave),
        **_trace(row, entries),
        "colour": colour,
        "back": request.GET.get("back", ""),
    }
    return render(request, "notifications/message.html", context)


def frame(request: HttpRequest, row: Notification) -> dict[str, Any]:
    """Return what each page about this message needs: its subject as the title, and the list of the
    sidebar and the breadcrumb that it is in."""
    is_seen = may_see(request.user, row)
    subject = str((row.subject or _("(no subject)")) if is_seen else HIDDEN)
    is_waiting = row.status in IN_QUEUE or not request.user.has_perm("notifications.view_attempt")
    request.section = reverse(QUEUE if is_waiting else LOG)  # type: ignore[attr-defined]
    return {
        **admin.site.each_context(request),
        "title": Truncator(subject).chars(_LONGEST_TITLE),
        "subject": subject,
        "notification": row,
        "may_see": is_seen,
        "opts": (Notification if is_waiting else Attempt)._meta,
    }


def _entries(request: HttpRequest, row: Notification) -> list[Attempt]:
    """Return its attempts, newest first, to those who may see the log."""
    if not request.user.has_perm("notifications.view_attempt"):
        return []
    entries = Attempt.objects.shown().filter(notification=row).defer("search")
    return list(entries[: timeline.MOST])


def _facts(row: Notification, entries: list[Attempt]) -> dict[str, Any]:
    came_with = getattr(row, "came_with", None)
    accepted = next((entry for entry in entries if entry.result == Result.ACCEPTED), None)
    return {
        "came_with": came_with,
        "origin": getattr(row, "origin", None),
        "key": came_with.key if came_with else _chosen_key(row),
        "sizes": {"html": len(row.html.encode()), "text": len(row.text.encode())},
        "attempts": attempt_count.counted([row])[row.pk],
        "mime_size": accepted.size if accepted else 0,
    }


def _chosen_key(row: Notification) -> str:
    key = row.key or ""
    return "" if form_token.is_of_form(key) else key


def _content(request: HttpRequest, row: Notification) -> dict[str, Any]:
    if not may_see(request.user, row):
        return {}
    files = list(row.attachments.all())
    name = request.GET.get("show", "")
    view = content.view(row, files, name=name, whole=request.GET.get("body") == "whole")
    tell_reading(request, row, view.name)
    return {"attachments": files, "view": view, "tabs": content.TABS}


def _other_messages(request: HttpRequest, row: Notification) -> dict[str, Any]:
    """Return the copies that were made of it, and what was sent alike to the same people."""
    copies = Origin.objects.filter(original=row).select_related("notification").order_by("-pk")
    copies = copies.defer("notification__text", "notification__html")
    alike = []
    if request.user.has_perm("notifications.view_attempt"):
        alike = sent_alike(
            row.log_subject,
            row.recipients,
            at=row.accepted_at or row.queued_at,
            message_id=row.message_id,
        )
    return {"copies": copies[:_COPIES], "alike": alike}


def _actions(request: HttpRequest, row: Notification, *, can_leave: bool) -> dict[str, Any]:
    manages = rights.may_manage(request.user)
    return {
        "can_send_now": manages and can_leave and row.status == Status.PENDING,
        "can_retry": manages and can_leave and row.status == Status.FAILED,
        "can_send_again": manages and can_leave and row.status == Status.UNCONFIRMED,
        "can_decide": manages and row.status == Status.UNCONFIRMED,
        "can_look": manages and row.status == Status.UNCONFIRMED and bool(row.reference),
        "can_cancel": manages and row.status in RESTARTABLE,
        "can_resend": rights.may_resend(request.user, row),
        "can_edit": rights.may_edit(request.user, row),
    }


def _trace(row: Notification, entries: list[Attempt]) -> dict[str, Any]:
    """Return how to find out what became of a message that may have left."""
    if row.status not in (Status.ACCEPTED, Status.UNCONFIRMED):
        return {}
    left = next((entry for entry in entries if trace.may_have_left(entry)), None)
    return {"entry": left, **trace.of(left)} if left else {}
