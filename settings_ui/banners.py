"""What every page says on top: practice mode, and that mail has stopped."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from notifications import obstacles
from notifications.models import EmailSettings

# These end only when a person acts, so every page says so.
_URGENT = ("sign_in_required", "credential_expired", "blocked", "other_cloud")


def banners(request: HttpRequest) -> dict[str, Any]:
    """A context processor. One query on pages of signed-in people, none for others."""
    shown: dict[str, Any] = {
        "practice_mode": settings.CLOUD == "emulator",
        "emulator_pages_url": settings.EMULATOR_PAGES_URL,
    }
    if getattr(request, "user", None) is not None and request.user.is_authenticated:
        obstacle = obstacles.of_account(EmailSettings.objects.current())
        if obstacle and obstacle.code in _URGENT:
            shown["urgent_obstacle"] = obstacle
    return shown
