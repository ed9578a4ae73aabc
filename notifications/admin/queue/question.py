"""The question before an action on all that a filter leaves, over all pages."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Min, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from notifications.admin.saved import settings_of
from notifications.incident import causes
from notifications.incident.causes import Cause
from notifications.models import EmailSettings
from notifications.models.transitions.rows import waits_since
from notifications.queue.holding.obstacles import made_elsewhere_text

from . import promise
from .filters import AGES, CauseFilter


@dataclass(frozen=True, slots=True)
class Parts:
    """The rows, those that are scheduled for later, and the number of those that were made for
    another cloud."""

    rows: Any
    later: Any
    elsewhere: int


def ask(
    queue: Any, request: HttpRequest, name: str, *, action: Any, changes: Any, parts: Parts
) -> HttpResponse:
    """Show how many it concerns, since when, and who is left out."""
    rows = parts.rows
    now, saved = timezone.now(), settings_of(request)
    holds = promise.held_by(request, action, now=now)
    expired = Q(expires_at__lt=now) if action.skips_expired else Q(pk__in=[])
    figures = changes.queryset.order_by().aggregate(newest=Max("pk")) | rows.aggregate(
        oldest=Min(waits_since(), filter=Q(status__in=action.allowed) & ~expired),
        matching=Count("pk"),
        allowed=Count("pk", filter=Q(status__in=action.allowed)),
        expired=Count("pk", filter=Q(status__in=action.allowed) & expired),
    )
    figures["count"] = figures["allowed"] - figures["expired"]
    context = {
        **queue.admin_site.each_context(request),
        **figures,
        "others": figures["matching"] - figures["allowed"],
        "scheduled": parts.later.count(),
        "elsewhere": made_elsewhere_text(parts.elsewhere) if parts.elsewhere else "",
        "title": action.label,
        "name": name,
        "asked": action,
        "what_it_means": promise.before(action, holds),
        "cause": cause_of(request) if name == "retry" else None,
        "ages": AGES if name == "retry" else (),
        "newer_than": request.GET.get("newer_than", ""),
        "kept": [(key, value) for key, value in request.GET.items() if key != "newer_than"],
        "filters": _filters(changes),
        "query": request.GET.urlencode(),
        **_pace(figures["count"] if action.passes_pause and not holds else 0, saved, now),
    }
    return render(request, "notifications/queue_question.html", context)


def cause_of(request: HttpRequest) -> Cause | None:
    """Return the one cause that was chosen; None where several may be meant."""
    key = request.GET.get(CauseFilter.parameter_name, "")
    return causes.with_key(key, settings_of(request), now=timezone.now()) if key else None


def _pace(count: int, saved: EmailSettings, now: datetime) -> dict[str, Any]:
    """Tell how long so many take."""
    pace = saved.messages_a_minute
    takes = timedelta(minutes=count / pace) if pace else timedelta()
    # A short while is not worth a word.
    return {"pace": pace, "done_at": now + takes} if takes >= timedelta(minutes=1) else {}


def _filters(changes: Any) -> list[tuple[str, str]]:
    """Return the filters in words, by name and chosen value."""
    found = [("", f"“{changes.query}”")] if changes.query else []
    for filter_ in changes.filter_specs:
        _all, *choices = filter_.choices(changes)
        found += [
            (str(filter_.title), str(choice["display"])) for choice in choices if choice["selected"]
        ]
    return found
