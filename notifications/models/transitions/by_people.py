"""What a person does with notifications, on any selection of rows."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Case, F, Q, When

from notifications.models.status import RESTARTABLE, Status

if TYPE_CHECKING:
    from notifications.models.bulk_retry import BulkRetry
    from notifications.models.notification import Notification  # noqa: F401 - in quotes below

# The columns that say why a row has not left, of one that nothing is known of
NO_CAUSE = {"error": "", "error_code": "", "error_status": 0}


def _waited(now: datetime) -> Q:
    """The condition that the time of a pending one has come, or that it was told to go before."""
    is_due = Q(scheduled_for=None) | Q(scheduled_for__lte=now)
    return Q(status=Status.PENDING) & (is_due | Q(retried_at__isnull=False))


class ByPeople(models.QuerySet["Notification"]):
    """Each method is one guarded UPDATE that says how many rows it has changed."""

    def send_now(self, *, now: datetime) -> int:
        """Pending and failed ones: due at once, and past a pause. One whose time had come is as old
        as before. What has expired is left out: it would never leave."""
        rows = self.filter(status__in=[Status.PENDING, Status.FAILED])
        return rows.exclude(expires_at__lt=now).update(
            status=Status.PENDING,
            due_at=now,
            retried_at=Case(When(_waited(now), then=F("retried_at")), default=now),
            attempts=0,
            past_pause=True,
            **NO_CAUSE,
        )

    def retry(self, bulk_retry: "BulkRetry") -> int:
        """Failed ones: due at once, and past a pause, as one work that is counted together. What
        has expired is left out, too."""
        now = bulk_retry.at
        rows = self.filter(status=Status.FAILED).exclude(expires_at__lt=now)
        return rows.update(
            status=Status.PENDING,
            due_at=now,
            retried_at=now,
            attempts=0,
            past_pause=True,
            bulk_retry=bulk_retry,
            **NO_CAUSE,
        )

    def cancel(self, *, now: datetime) -> int:
        return self.filter(status__in=RESTARTABLE).update(status=Status.CANCELLED, taken_out_at=now)

    def forget_references(self) -> int:
        """Forget the drafts of pending ones: they are in a mailbox or an API that is no longer
        used."""
        return self.filter(status=Status.PENDING).exclude(reference="").update(reference="")

    def look_again(self, *, now: datetime) -> int:
        """Unconfirmed ones that left a trace in the mailbox: in doubt anew, so that the next drain
        asks about them. Nobody sends them meanwhile."""
        return (
            self.filter(status=Status.UNCONFIRMED)
            .exclude(reference="")
            .update(status=Status.SENDING, claimed_by="look again", claimed_until=now)
        )

    def mark_as_sent(self, *, now: datetime) -> int:
        return self.filter(status=Status.UNCONFIRMED).update(
            status=Status.ACCEPTED, accepted_at=now, **NO_CAUSE
        )

    def send_again(self, *, now: datetime) -> int:
        """Unconfirmed ones, as new: the earlier try is forgotten. What has expired is left out."""
        rows = self.filter(status=Status.UNCONFIRMED).exclude(expires_at__lt=now)
        return rows.update(
            status=Status.PENDING, due_at=now, retried_at=now, reference="", **NO_CAUSE
        )
