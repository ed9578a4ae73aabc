"""The dashboard: what leaves, what waits, and what keeps it from leaving."""

from datetime import timedelta
from typing import Any

from django.db.models import Count
from django.http import HttpRequest
from django.utils import timezone

from notifications import queue_status
from notifications.models import Attempt
from notifications.models.attempt import Result

_DAY = timedelta(days=1)


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Unfold's callback. Nothing is read for people who may not see it."""
    user: Any = request.user
    if not user.has_perm("notifications.view_notification"):
        return context
    now = timezone.now()
    recent = Attempt.objects.filter(at__gte=now - _DAY, is_test=False).order_by()
    counts = dict(recent.values_list("result").annotate(Count("pk")))
    return context | {
        "status": queue_status.read(now=now),
        "results": [(result.label, counts.get(result.value, 0), result.value) for result in Result],
        "latest": Attempt.objects.all()[:8],
    }
