"""What every page says on top: practice mode, and that mail has stopped."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from notifications import obstacles
from notifications.models import EmailSettings, QueueState
from notifications.obstacles import Obstacle

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
    """A context processor. Unfold's components run it again and again for one page, so what it
    finds stays with the request: two queries a page, none for strangers."""
    if not hasattr(request, "urgent_obstacle"):
        request.urgent_obstacle = SimpleLazyObject(  # type: ignore[attr-defined]
            lambda: _urgent_obstacle(request)
        )
    return {
        "practice_mode": settings.CLOUD == "emulator",
        "emulator_pages_url": settings.EMULATOR_PAGES_URL,
        "urgent_obstacle": request.urgent_obstacle,  # type: ignore[attr-defined]
    }


def _urgent_obstacle(request: HttpRequest) -> Obstacle | None:
    if getattr(request, "user", None) is None or not request.user.is_authenticated:
        return None
    obstacle = obstacles.of_sending(EmailSettings.objects.current(), QueueState.objects.current())
    return obstacle if obstacle and obstacle.code in _URGENT else None
