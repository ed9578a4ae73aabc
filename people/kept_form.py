"""A form whose person had to prove again who they are: it is kept in their session, whose data is
sealed, and can be sent when they have."""

import secrets
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

_KEPT, _NAME, _DISCARD = "kept_form", "kept", "discard"
_LARGEST = 100_000  # characters


def keep(request: HttpRequest) -> str:
    """Keep what was sent, instead of what was kept before; return the address that goes on. Who
    answers too late whether to send it is asked again."""
    if _kept_for(request):
        return request.get_full_path()
    query = request.GET.copy()
    query.pop(_NAME, None)
    form = request.POST.urlencode()
    if len(form) <= _LARGEST:
        query[_NAME] = secrets.token_urlsafe(8)
        request.session[_KEPT] = {"token": query[_NAME], "path": request.path, "form": form}
    return f"{request.path}?{query.urlencode()}" if query else request.path


def go_on(request: HttpRequest) -> HttpResponse | None:
    """Ask at the address of a kept form whether to send it, and let the answer be what was sent,
    once, or forget it. None for all other requests, and for what is sent."""
    kept = _kept_for(request)
    if kept is None:
        return None
    if request.method == "GET":
        title = _("Continue with what you entered?")
        context = {**admin.site.each_context(request), "title": title}
        return render(request, "people/kept_form.html", context)
    if _DISCARD in request.POST:
        del request.session[_KEPT]
        return redirect(request.path)
    if _NAME in request.POST:
        del request.session[_KEPT]
        request.POST = QueryDict(kept["form"])
    return None


def _kept_for(request: HttpRequest) -> dict[str, str] | None:
    """Return what is kept for the address of the request."""
    kept: Any = request.session.get(_KEPT)
    asked = (request.path, request.GET.get(_NAME))
    return kept if kept and asked == (kept["path"], kept["token"]) else None
