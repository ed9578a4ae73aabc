"""How often a wrong password may be tried, and what a person is told after that.

django-axes counts in the database, so that the limits hold over all web processes.
"""

from datetime import datetime, timedelta
from math import ceil
from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.forms import AuthenticationForm
from django.db.models import Max, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import ngettext

_LONGEST_NAME = 150  # characters, as of a user
# Wrong passwords until the wait begins. A person who has forgotten hers does not stop the
# office behind the same address; guessing from many addresses, or one password for many
# names, is slow as well.
LIMITS = (
    (("username", "ip_address"), settings.AXES_FAILURE_LIMIT),
    (("username",), 50),
    (("ip_address",), 100),
)


def username_of(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """What was typed, as far as a name can be: Django's form takes any length."""
    typed = (credentials or {}).get("username") or request.POST.get("username", "")
    return str(typed)[:_LONGEST_NAME]


class Throttle(AxesDatabaseHandler):
    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """Of the limit that is nearest, as a share of AXES_FAILURE_LIMIT."""
        return max(
            failures * settings.AXES_FAILURE_LIMIT // limit
            for failures, limit, _latest in _counted(request, credentials or {})
        )


def locked_out(
    request: HttpRequest, _response: HttpResponse | None = None, credentials: Any = None
) -> HttpResponse:
    """The login page, with how long to wait."""
    seconds = _seconds_left(request, credentials or {})
    minutes = ceil(seconds / 60)
    text = ngettext(
        "Too many wrong passwords. Try again in %(n)d minute.",
        "Too many wrong passwords. Try again in %(n)d minutes.",
        minutes,
    ) % {"n": minutes}
    context = {
        **admin.site.each_context(request),
        "title": "",
        "form": (admin.site.login_form or AuthenticationForm)(request),
        "app_path": request.get_full_path(),
        "locked": text,
    }
    response = render(request, "admin/login.html", context, status=429)
    response.headers["Retry-After"] = str(seconds)
    return response


def _counted(request: Any, credentials: dict[str, Any]) -> list[tuple[int, int, datetime | None]]:
    """Failures, their limit and the time of the latest, for each of LIMITS."""
    values = {
        "username": username_of(request, credentials),
        "ip_address": request.axes_ip_address,
    }
    recent = AccessAttempt.objects.filter(attempt_time__gte=get_cool_off_threshold(request))
    found = []
    for names, limit in LIMITS:
        mine = recent.filter(**{name: values[name] for name in names}).order_by()
        sums = mine.aggregate(failures=Sum("failures_since_start"), latest=Max("attempt_time"))
        found.append((sums["failures"] or 0, limit, sums["latest"]))
    return found


def _seconds_left(request: HttpRequest, credentials: dict[str, Any]) -> int:
    """At least 1. While somebody waits, further tries are not counted."""
    now = timezone.now()
    ends = [
        latest + settings.AXES_COOLOFF_TIME
        for failures, limit, latest in _counted(request, credentials)
        if latest and failures >= limit
    ]
    left = max(ends, default=now) - now
    return max(1, ceil(left / timedelta(seconds=1)))
