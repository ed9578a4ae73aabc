"""The pages with a button to the sign-in service: the policy of the others stops its forms."""

from typing import cast
from urllib.parse import urlsplit

from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from .provider import is_offered


def let_forms_lead_there(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Let this page's forms end at the sign-in service: the browser would block the redirect."""
    if not is_offered():
        return response
    parts = urlsplit(settings.OIDC_ISSUER)
    origins = [f"{parts.scheme}://{parts.netloc}"]
    if settings.CLOUD == "emulator":
        origins.append(settings.EMULATOR_PAGES_URL)  # its pages are on another port
    allowed = csp_update({"form-action": origins})(lambda _request: response)(request)
    return cast(HttpResponse, allowed)
