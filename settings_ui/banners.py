"""What every page says on top: practice mode, and that mail has stopped."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from notifications import obstacles
from notifications.models import EmailSettings, QueueState

# These end only when a person acts, so every page says so.
_URGENT = (
    "sign_in_required",
    "credential_expired",
    "blocked",
    "other_cloud",
    "foreign_database",
    "copy",
)


def banners(request: HttpRequest) -> dict[str, Any]:
    """A context processor. Two queries on pages of signed-in people, none for others."""
    shown: dict[str, Any] = {
        "practice_mode": settings.CLOUD == "emulator",
        "emulator_pages_url": settings.EMULATOR_PAGES_URL,
    }
    if getattr(request, "user", None) is not None and request.user.is_authenticated:
        obstacle = obstacles.of_sending(
            EmailSettings.objects.current(), QueueState.objects.current()
        )
        if obstacle and obstacle.code in _URGENT:
            shown["urgent_obstacle"] = obstacle
    return shown
