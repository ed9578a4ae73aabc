"""What holds mail now, and what of it holds a single notification."""

from collections.abc import Sequence
from datetime import datetime

from notifications.models import EmailSettings, QueueState

from . import obstacles
from .obstacle import Obstacle


def read(saved: EmailSettings, *, now: datetime) -> list[Obstacle]:
    """Return what holds mail, the first that has to end first. What waits is not counted, so it
    costs the same in a queue of any length."""
    state = QueueState.objects.current()
    found = obstacles.on_the_way(saved, state, now=now)
    stands = obstacles.of_progress(saved, state, found, now=now)
    return of_mail([*found, *([stands] if stands else [])])


def of_mail(found: Sequence[Obstacle]) -> list[Obstacle]:
    return [each for each in found if each.holds_mail]


def past_pause(holding: Sequence[Obstacle]) -> list[Obstacle]:
    """Return what holds also those that a person told to go."""
    return [each for each in holding if each.code != "paused"]
