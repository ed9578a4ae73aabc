"""Your account: password, second factor, and the sessions that one has."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from notifications.models.audit.act import Act

from . import acts, second_factor
from .models import Session
from .models.session import digest
from .session_store import SessionStore

# How a browser names itself, most telling first: Edge says "Chrome" too, and Chrome "Safari".
_BROWSERS = {"Edg": "Edge", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
_SYSTEMS = {
    "Windows": "Windows", "iPhone": "iPhone", "iPad": "iPad", "Mac OS": "macOS",
    "Android": "Android", "Linux": "Linux",
}  # fmt: skip


@require_GET
@never_cache
@login_required
def account(request: HttpRequest) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": _("Your account"),
        "sessions": [
            _shown(each) for each in _sessions_of(request) if SessionStore.is_logged_in(each)
        ],
        "this": digest(request.session.session_key or ""),
        "has_second_factor": second_factor.is_set_up(request.user),
        "codes_left": second_factor.recovery_codes_left(request.user),
    }
    return render(request, "people/account.html", context)


@require_GET
@never_cache
def session_state(request: HttpRequest) -> HttpResponse:
    """Tell a page before it sends what was typed there whether somebody is logged in: 204 or
    401."""
    return HttpResponse(status=204 if request.user.is_authenticated else 401)


@require_POST
@login_required
def end_sessions(request: HttpRequest) -> HttpResponse:
    """End one of one's own sessions, or all but this one."""
    others = _sessions_of(request).exclude(pk=digest(request.session.session_key or ""))
    if chosen := request.POST.get("session"):
        others = others.filter(pk=chosen.replace("\0", ""))
    ended, _of_each = others.delete()
    if ended:
        acts.tell(Act.SESSIONS_ENDED, request, about=request.user)
        text = _("The session has been ended.") if chosen else _("All other sessions have ended.")
        messages.success(request, text)
    return redirect("account")


def browser_name(text: str) -> str:
    """Say what a browser's own name for itself means; "" where nothing is known of it."""
    browser = next((name for mark, name in _BROWSERS.items() if mark in text), "")
    system = next((name for mark, name in _SYSTEMS.items() if mark in text), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system


def _sessions_of(request: HttpRequest) -> Any:
    alive = Session.objects.alive(now=timezone.now())
    return alive.filter(user=request.user.pk).order_by("-last_seen_at")


def _shown(session: Session) -> dict[str, Any]:
    return {
        "key": session.pk,
        "browser": browser_name(session.browser) or _("Unknown browser"),
        "address": session.address or "",
        "started_at": session.started_at,
        "last_seen_at": session.last_seen_at,
    }
