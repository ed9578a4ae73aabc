"""The saved settings, for pages."""

from typing import Any

from django.http import HttpRequest

from notifications.models import EmailSettings


def settings_of(request: HttpRequest) -> EmailSettings:
    """Return the saved settings as they were when the page first asked: its content and the banners
    above it show the same, and it is a wide row."""
    page: Any = request
    if not hasattr(page, "saved_email_settings"):
        page.saved_email_settings = EmailSettings.objects.current()
    saved: EmailSettings = page.saved_email_settings
    return saved
