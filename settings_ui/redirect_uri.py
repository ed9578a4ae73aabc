"""The redirect URI to register with Microsoft, and what is wrong with it."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _


def redirect_uri() -> str:
    """From MAILCONNECTOR_PUBLIC_URL alone, so that it is the same whoever asks."""
    return f"{settings.PUBLIC_URL}{reverse('oauth_callback')}"


def warning(request: HttpRequest) -> str:
    """Why a sign-in would not come back, or ""."""
    public = urlsplit(settings.PUBLIC_URL)
    if public.scheme != "https" and public.hostname != "localhost":
        return _(
            "Microsoft Entra takes https, or http on localhost only. Set MAILCONNECTOR_PUBLIC_URL "
            "to the https address of this site and restart."
        )
    if request.get_host() != public.netloc:
        return _(
            "You opened this page at %(host)s, but the sign-in comes back to %(public)s. Open "
            "the page there, or set MAILCONNECTOR_PUBLIC_URL to the address you use."
        ) % {"host": request.get_host(), "public": public.netloc}
    return ""
