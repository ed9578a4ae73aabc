"""The log-out."""

from typing import Any
from urllib.parse import urlencode

import requests
from django.conf import settings
from django.contrib import admin
from django.contrib.auth import logout as end_session
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from people.microsoft import provider, renewal
from people.microsoft.refusals import Refused


@require_POST
@never_cache
def logout(request: HttpRequest) -> HttpResponse:
    """End the session here. That of the browser at Microsoft is the person's own, for all that they
    use: the page leads to where it is ended, for a computer that others use too."""
    if not request.user.is_authenticated:
        return redirect("account_login")
    came_from_microsoft = renewal.is_of_microsoft(request)
    end_session(request)
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("You are logged out"),
        "microsoft": came_from_microsoft,
        "microsoft_url": _end_at_microsoft() if came_from_microsoft else "",
    }
    return render(request, "people/logged_out.html", context)


def _end_at_microsoft() -> str:
    """Return the address of its page; "" where the sign-in service does not tell one. Source:
    "OpenID Connect RP-Initiated Logout 1.0", section 2."""
    try:
        address = provider.remembered_configuration().get("end_session_endpoint")
    except (Refused, requests.RequestException):
        return ""
    if not (provider.is_url(address) and provider.is_safe(address)):
        return ""
    return f"{address}?{urlencode({'client_id': settings.OIDC_CLIENT_ID})}"
