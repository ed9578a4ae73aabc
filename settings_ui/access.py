"""Who may change the settings. A session that has ended is told as such: what was typed is
still in the browser."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

STEPS = "application/x-ndjson"


def may_change(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A POST of somebody who may change the settings; a GET leads to the page."""

    @wraps(view)
    def checked(request: HttpRequest, *arguments: Any, **options: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _logged_out(request)
        if not request.user.has_perm("notifications.change_emailsettings"):
            raise PermissionDenied
        if request.method != "POST":
            return redirect("email_settings")
        return view(request, *arguments, **options)

    return checked


def _logged_out(request: HttpRequest) -> HttpResponseBase:
    text = _(
        "You're logged out. Log in in another tab, then try again here; what you typed is "
        "still here."
    )
    if request.headers.get("Accept") == STEPS:
        return JsonResponse({"settings": text}, status=422)
    messages.warning(request, _("You were logged out, and what you typed was lost."))
    return redirect(f"{reverse('admin:login')}?next={reverse('email_settings')}")
