"""A form whose person had to prove again who they are: it is kept in their session, whose data is
sealed, and can be sent when they have."""

import secrets
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

_KEPT, _NAME = "kept_form", "kept"
_LARGEST = 100_000  # characters


def keep(request: HttpRequest) -> str:
    """Keep what was sent, instead of what was kept before; return the address that goes on."""
    query = request.GET.copy()
    query.pop(_NAME, None)
    form = request.POST.urlencode()
    if len(form) <= _LARGEST:
        query[_NAME] = secrets.token_urlsafe(8)
        request.session[_KEPT] = {"token": query[_NAME], "path": request.path, "form": form}
    return f"{request.path}?{query.urlencode()}" if query else request.path


def go_on(request: HttpRequest) -> HttpResponse | None:
    """Ask at the address of a kept form whether to send it, and let the answer be what was sent,
    once. None for all other requests, and for that answer."""
    kept: Any = request.session.get(_KEPT)
    token = request.GET.get(_NAME)
    if not kept or (request.path, token) != (kept["path"], kept["token"]):
        return None
    if request.method == "GET":
        title = _("Continue with what you entered?")
        context = {**admin.site.each_context(request), "title": title}
        return render(request, "people/kept_form.html", context)
    if _NAME in request.POST:
        del request.session[_KEPT]
        request.POST = QueryDict(kept["form"])
    return None
