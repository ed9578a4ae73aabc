"""How far the asking for results has come, and what is in its way: one row."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q

from notifications import retry
from notifications.models.rows import SingletonQuerySet


class DeliveryPollQuerySet(SingletonQuerySet["DeliveryPoll"]):
    def take(self, *, now: datetime, lease: timedelta) -> datetime | None:
        """Become the one who asks; return until when, or None if somebody else is. What lies
        further ahead than two leases was noted by a clock that was wrong."""
        until, far = now + lease, now + 2 * lease
        free = Q(asking_until=None) | Q(asking_until__lt=now) | Q(asking_until__gt=far)
        return until if self.made().filter(free).update(asking_until=until) else None

    def leave(self, *, until: datetime) -> None:
        """Let others ask, unless somebody else has become the one after `until`."""
        self.made().filter(asking_until=until).update(asking_until=None)

    def rest(self, *, until: datetime) -> None:
        """Ask nothing of the trace before then; a longer rest stays."""
        shorter = Q(rests_until=None) | Q(rests_until__lt=until)
        self.filter(shorter).update(rests_until=until)


class DeliveryPoll(models.Model):
    """`watched_until`: accepted entries until then are watched. `requests`: when the trace was
    asked in the last five minutes, and `asked`: when each sender was last asked about, both in
    seconds since 1970. `read_until`: by mailbox, until when its Inbox was read.

    A fault is Microsoft's code and words; both are empty where the last try worked."""

    asking_until = models.DateTimeField(null=True)
    watched_until = models.DateTimeField(null=True)
    requests = models.JSONField(default=list)
    asked = models.JSONField(default=dict)
    rests_until = models.DateTimeField(null=True)
    trace_at = models.DateTimeField(null=True)
    trace_status = models.PositiveSmallIntegerField(default=0)
    trace_code = models.CharField(max_length=100, blank=True)
    trace_message = models.TextField(blank=True)
    trace_failed_since = models.DateTimeField(null=True)
    read_until = models.JSONField(default=dict)
    inbox_at = models.DateTimeField(null=True)
    inbox_code = models.CharField(max_length=100, blank=True)
    inbox_message = models.TextField(blank=True)
    # Exchange's limit for recipients outside the organization: see log/account_codes.py.
    outside_code = models.CharField(max_length=20, blank=True)
    outside_until = models.DateTimeField(null=True)
    outside_next_at = models.DateTimeField(null=True)
    outside_tried_at = models.DateTimeField(null=True)
    # Counted by the last round for the dashboard: see log/delivery_figures.py.
    figures = models.JSONField(default=dict)
    # Too many addresses bounced at once: none was added to the suppression list.
    flooded_at = models.DateTimeField(null=True)

    objects = DeliveryPollQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="delivery_poll_one_row")]

    def __str__(self) -> str:
        return "Delivery results"

    def rest_left(self, *, now: datetime) -> timedelta | None:
        """Return how long the trace shall still not be asked; None where it may be. A rest that is
        longer than any was noted by a clock that was wrong."""
        left = self.rests_until - now if self.rests_until else timedelta(0)
        return left if timedelta(0) < left <= retry.LONGEST_REST else None
