"""Whose database this is. A copy must not send what the original sends as well.

The installation's identity is kept outside the database (a file in the data folder, or
MAILCONNECTOR_INSTALLATION_ID where several machines share one database); the database
remembers whom it belongs to. Where the two differ, nothing leaves until a person has said
what happened.
"""

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from notifications import wakeups
from notifications.models import Notification, QueueState


def moved() -> None:
    """The installation has moved here, and runs nowhere else."""
    _take_over(is_copy=False)


@transaction.atomic
def restored() -> None:
    """The database is from a backup: what waits in it may have left since. Each waiting
    message is looked up in the mailbox before it is sent."""
    Notification.objects.in_queue().update(look_up_first=True)
    _take_over(is_copy=False)


def copied() -> None:
    """The original goes on elsewhere: nothing ever leaves from here."""
    _take_over(is_copy=True)


def _take_over(*, is_copy: bool) -> None:
    QueueState.objects.filter(pk=1).update(
        installation=settings.INSTALLATION_ID, is_copy=is_copy, taken_over_at=timezone.now()
    )
    transaction.on_commit(wakeups.wake)
