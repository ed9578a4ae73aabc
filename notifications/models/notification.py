"""One outgoing message in the queue. The row is the truth; workers come and go."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications.messages import Importance


class Status(models.TextChoices):
    PENDING = "pending", _("Pending")
    SENDING = "sending", _("Sending")
    ACCEPTED = "accepted", _("Accepted by Microsoft")
    FAILED = "failed", _("Failed")
    UNCONFIRMED = "unconfirmed", _("May have been sent")
    CANCELLED = "cancelled", _("Cancelled")
    EXPIRED = "expired", _("Expired")


# What the Notification Queue shows: the notifications that have not left yet.
IN_QUEUE = (Status.PENDING, Status.SENDING, Status.FAILED, Status.UNCONFIRMED)
# Those that a person may put back, take out, or decide about.
RESTARTABLE = (Status.PENDING, Status.FAILED, Status.UNCONFIRMED)


class Priority(models.IntegerChoices):
    URGENT = 0, _("Urgent")
    NORMAL = 1, _("Normal")
    BULK = 2, _("Bulk")


class NotificationQuerySet(models.QuerySet["Notification"]):
    """Transitions: each one is a guarded UPDATE that says whether it won (or how many did).

    Nothing else writes `status`.
    """

    def in_queue(self) -> "NotificationQuerySet":
        return self.filter(status__in=IN_QUEUE)

    def due(self, *, now: datetime) -> "NotificationQuerySet":
        """Pending ones that may leave now, the most urgent and oldest first."""
        return self.filter(status=Status.PENDING, due_at__lte=now).order_by(
            "priority", "due_at", "pk"
        )

    def claim(
        self, pks: Sequence[int], *, worker: str, now: datetime, lease: timedelta
    ) -> set[int]:
        """Take rows for sending; those that were no longer there to take are missing from the
        result."""
        taken = self.filter(pk__in=pks, status=Status.PENDING).update(
            status=Status.SENDING, claimed_by=worker, claimed_until=now + lease
        )
        if taken == len(pks):
            return set(pks)
        ours = self.filter(pk__in=pks, status=Status.SENDING, claimed_by=worker)
        return set(ours.values_list("pk", flat=True))

    def give_back(self, pks: Sequence[int], *, worker: str) -> None:
        """Claimed ones that were not begun: as they were before."""
        if pks:
            self.filter(pk__in=pks, status=Status.SENDING, claimed_by=worker).update(
                status=Status.PENDING, claimed_by="", claimed_until=None
            )

    def keep_references(self, references: dict[int, str], *, worker: str) -> set[int]:
        """The checkpoints. Rows whose claim was lost are missing from the result: for them
        nothing may be sent."""
        kept: set[int] = set()
        for reference in set(references.values()):
            pks = [pk for pk, wanted in references.items() if wanted == reference]
            ours = self.filter(pk__in=pks, status=Status.SENDING, claimed_by=worker)
            if ours.update(reference=reference) == len(pks):
                kept |= set(pks)
            else:
                kept |= set(ours.values_list("pk", flat=True))
        return kept

    def leave_in_doubt(self, pk: int, *, worker: str, until: datetime) -> bool:
        """Keep the row as sending, to be settled at `until`."""
        return bool(self._claimed(pk, worker).update(claimed_until=until))

    def in_doubt(self, *, now: datetime) -> "NotificationQuerySet":
        """Rows whose sender died, or did not learn the outcome."""
        return self.filter(status=Status.SENDING, claimed_until__lt=now).order_by("pk")

    def accept(self, pks: Sequence[int], *, worker: str, now: datetime) -> int:
        if not pks:
            return 0
        return self.filter(pk__in=pks, status=Status.SENDING, claimed_by=worker).update(
            **_UNCLAIMED, status=Status.ACCEPTED, accepted_at=now, attempts=F("attempts") + 1
        )

    def fail(self, pk: int, *, worker: str, error: str) -> bool:
        return bool(
            self._claimed(pk, worker).update(
                **_UNCLAIMED,
                status=Status.FAILED,
                attempts=F("attempts") + 1,
                error=error,
                reference="",
            )
        )

    def put_back(
        self, pk: int, *, worker: str, due_at: datetime, error: str = "", counted: bool
    ) -> bool:
        """Pending again, and still past a pause if a person wanted that. `counted` = the attempt
        counts against the limit of attempts."""
        return bool(
            self._claimed(pk, worker).update(
                claimed_by="",
                claimed_until=None,
                look_up_first=False,
                status=Status.PENDING,
                due_at=due_at,
                error=error,
                attempts=F("attempts") + int(counted),
            )
        )

    def send_again_in_doubt(self, pk: int, *, worker: str, now: datetime) -> bool:
        """Pending again without a reference, once; False if it was done before."""
        return bool(
            self._claimed(pk, worker)
            .filter(sent_again_at=None)
            .update(
                **_UNCLAIMED,
                status=Status.PENDING,
                due_at=now,
                reference="",
                sent_again_at=now,
                attempts=F("attempts") + 1,
            )
        )

    def hold_unconfirmed(self, pk: int, *, worker: str, error: str) -> bool:
        return bool(
            self._claimed(pk, worker).update(
                **_UNCLAIMED,
                status=Status.UNCONFIRMED,
                error=error,
                attempts=F("attempts") + 1,
            )
        )

    def expire(self, *, now: datetime) -> int:
        return self.filter(status=Status.PENDING, expires_at__lt=now).update(
            status=Status.EXPIRED, taken_out_at=now
        )

    def adopt(self, row: "Notification", *, worker: str, now: datetime, lease: timedelta) -> bool:
        """Take over a row in doubt, to settle it. Not if its sender has been alive and has kept
        a checkpoint since `row` was read: then what it says is no longer true."""
        unchanged = self.filter(pk=row.pk, status=Status.SENDING, reference=row.reference)
        return bool(
            unchanged.filter(claimed_until__lt=now).update(
                claimed_by=worker, claimed_until=now + lease
            )
        )

    # What a person does, on any selection of rows

    def send_now(self, *, now: datetime) -> int:
        """Pending and failed ones: due at once, and past a pause."""
        return self.filter(status__in=[Status.PENDING, Status.FAILED]).update(
            status=Status.PENDING, due_at=now, attempts=0, error="", past_pause=True
        )

    def cancel(self, *, now: datetime) -> int:
        return self.filter(status__in=RESTARTABLE).update(status=Status.CANCELLED, taken_out_at=now)

    def forget_references(self) -> int:
        """Of pending ones: the drafts are in a mailbox or an API that is no longer used."""
        return self.filter(status=Status.PENDING).exclude(reference="").update(reference="")

    def mark_as_sent(self, *, now: datetime) -> int:
        return self.filter(status=Status.UNCONFIRMED).update(
            status=Status.ACCEPTED, accepted_at=now, error=""
        )

    def send_again(self, *, now: datetime) -> int:
        """Unconfirmed ones, as new: the earlier try is forgotten."""
        return self.filter(status=Status.UNCONFIRMED).update(
            status=Status.PENDING, due_at=now, reference="", error=""
        )

    def _claimed(self, pk: int, worker: str) -> "NotificationQuerySet":
        return self.filter(pk=pk, status=Status.SENDING, claimed_by=worker)


_UNCLAIMED = {
    "claimed_by": "",
    "claimed_until": None,
    "past_pause": False,
    "look_up_first": False,
}


class Notification(models.Model):
    """Addresses are lists of texts as people read them (`Name <user@domain>`)."""

    status = models.CharField(max_length=20, choices=Status.choices, default=Status.PENDING)
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.NORMAL)
    queued_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    taken_out_at = models.DateTimeField(null=True)  # cancelled or expired
    key = models.CharField(max_length=200, null=True, unique=True)  # noqa: DJ001 - unique, so null
    fingerprint = models.CharField(max_length=64)
    initiator = models.CharField(max_length=150, blank=True)
    sensitive = models.BooleanField(default=False)
    # The cloud it was made for: what is made in practice mode never leaves for real.
    cloud = models.CharField(max_length=20)

    from_address = models.CharField(max_length=400, blank=True)
    to = models.JSONField(default=list)
    cc = models.JSONField(default=list)
    bcc = models.JSONField(default=list)
    reply_to = models.JSONField(default=list)
    subject = models.TextField(blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    headers = models.JSONField(default=list)  # pairs of name and value
    importance = models.CharField(
        max_length=10, choices=[(i.value, i.value) for i in Importance], default=Importance.NORMAL
    )
    message_id = models.CharField(max_length=255, unique=True)

    attempts = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    reference = models.TextField(blank=True)  # the backend's own
    claimed_by = models.CharField(max_length=100, blank=True)
    claimed_until = models.DateTimeField(null=True)
    past_pause = models.BooleanField(default=False)
    look_up_first = models.BooleanField(default=False)  # in the mailbox: see installation.py
    sent_again_at = models.DateTimeField(null=True)

    # Set by outbox where the same key had come before.
    was_queued_before = False

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("Notification Queue")
        ordering = ["-pk"]
        permissions = [("view_sensitive", "Can see the bodies of sensitive notifications")]
        indexes = [
            models.Index(
                fields=["priority", "due_at", "id"],
                condition=Q(status="pending"),
                name="notification_due",
            ),
            models.Index(
                fields=["due_at", "id"], condition=Q(status="pending"), name="notification_oldest"
            ),
            models.Index(
                fields=["claimed_until"], condition=Q(status="sending"), name="notification_claimed"
            ),
            models.Index(
                fields=["-id"],
                condition=Q(status__in=["pending", "sending", "failed", "unconfirmed"]),
                name="notification_in_queue",
            ),
            # For the purge
            models.Index(
                fields=["accepted_at"],
                condition=Q(status="accepted"),
                name="notification_accepted",
            ),
            models.Index(
                fields=["taken_out_at"],
                condition=Q(status__in=["cancelled", "expired"]),
                name="notification_taken_out",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="sending", claimed_until__isnull=False) & ~Q(claimed_by="")
                | ~Q(status="sending") & Q(claimed_until=None, claimed_by=""),
                name="notification_claimed_while_sending",
            ),
            models.CheckConstraint(
                condition=Q(status="accepted", accepted_at__isnull=False)
                | ~Q(status="accepted") & Q(accepted_at=None),
                name="notification_accepted_has_time",
            ),
        ]

    def __str__(self) -> str:
        """Without its subject: that of a sensitive one is not for everybody."""
        return f"{self.pk}"

    @property
    def recipients(self) -> list[str]:
        return [*self.to, *self.cc, *self.bcc]
