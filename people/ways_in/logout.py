"""The log-out."""

from typing import Any

from django.contrib import admin
from django.contrib.auth import logout as end_session
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from people.microsoft import renewal


@require_POST
@never_cache
def logout(request: HttpRequest) -> HttpResponse:
    """End the session here. That of the browser at Microsoft is the person's own, for all that they
    use: the page leads to where it is ended, for a computer that others use too."""
    if not request.user.is_authenticated:
        return redirect("account_login")
    came_from_microsoft, end_page = renewal.is_of_microsoft(request), renewal.end_page(request)
    end_session(request)
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("You are logged out"),
        "microsoft": came_from_microsoft,
        "microsoft_url": end_page,
    }
    return render(request, "people/logged_out.html", context)
