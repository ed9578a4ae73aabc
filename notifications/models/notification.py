"""One outgoing message in the queue. The row is the truth; workers come and go."""

from datetime import datetime
from typing import BinaryIO, cast

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from notifications.message.message import Importance, RawContent

from .status import Status
from .transitions.rows import NotificationQuerySet


class Priority(models.IntegerChoices):
    URGENT = 0, _("Urgent")
    NORMAL = 1, _("Normal")
    BULK = 2, _("Bulk")


SENSITIVE_SUBJECT = gettext_noop("(sensitive)")


def shown_subject(subject: str) -> str:
    """The subject of a log entry as people read it: somebody's own words stay, what stands in
    place of them is translated."""
    return gettext(subject) if subject == SENSITIVE_SUBJECT else subject


class Notification(models.Model):
    """Addresses are lists of texts as people read them (`Name <user@domain>`)."""

    status = models.CharField(
        _("Status"), max_length=20, choices=Status.choices, default=Status.PENDING
    )
    priority = models.PositiveSmallIntegerField(
        _("Priority"), choices=Priority.choices, default=Priority.NORMAL
    )
    queued_at = models.DateTimeField(default=timezone.now)
    # What it was queued with; `due_at` moves on with each try.
    scheduled_for = models.DateTimeField(null=True)
    due_at = models.DateTimeField(default=timezone.now)
    # When a person last put it back, or sent it before its time
    retried_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    taken_out_at = models.DateTimeField(null=True)  # cancelled or expired
    key = models.CharField(max_length=200, null=True)  # noqa: DJ001 - unique, so null
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
    message_id = models.CharField(max_length=255)
    # Of a carried message: it was handed in as MIME, which is stored whole, and has no bodies here.
    raw_path = models.CharField(max_length=100, blank=True, default="")
    raw_size = models.PositiveBigIntegerField(default=0)
    raw_files = models.JSONField(default=list)  # name, type and size of each
    # The Message-ID that it came with, where it leaves with another.
    original_message_id = models.CharField(max_length=255, blank=True, default="")

    attempts = models.PositiveIntegerField(default=0)
    # Why it has not left: a sentence, Microsoft's code or one of ours, and the HTTP status
    error = models.TextField(blank=True)
    error_code = models.CharField(max_length=100, blank=True)
    error_status = models.PositiveSmallIntegerField(default=0)
    # The latest one that it was part of
    bulk_retry = models.ForeignKey(
        "BulkRetry", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
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
        permissions = [
            ("view_sensitive", "Can see the bodies of sensitive notifications"),
            ("redirect_notification", "Can resend messages to another address"),
            ("edit_notification", "Can edit messages and send them again"),
        ]
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
            # For the causes of what has failed
            models.Index(
                fields=["error_code"], condition=Q(status="failed"), name="notification_failed"
            ),
            # For what became of those that were put back together
            models.Index(
                fields=["bulk_retry", "status"],
                condition=Q(bulk_retry__isnull=False),
                name="notification_retried",
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
            # Few are carried, so it is small, and PostgreSQL makes it while rows are written.
            models.Index(
                fields=["raw_path"], condition=~Q(raw_path=""), name="notification_raw_path"
            ),
        ]
        constraints = [
            # Not by `unique=True`: on PostgreSQL that makes a second index for each, for LIKE,
            # which every change of the row has to write as well.
            models.UniqueConstraint(fields=["key"], name="notification_key"),
            models.UniqueConstraint(fields=["message_id"], name="notification_message_id"),
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
        """Show the number only: the subject of a sensitive one is not for everybody."""
        return f"{self.pk}"

    @property
    def log_subject(self) -> str:
        """The log is searched, exported and read by more people than the queue, and is kept
        longer: it gets no subject of a sensitive notification."""
        return SENSITIVE_SUBJECT if self.sensitive else self.subject

    @property
    def is_carried(self) -> bool:
        """Say whether it leaves as it was handed in, instead of being composed."""
        return bool(self.raw_path)

    def can_leave(self, cloud: str, *, now: datetime) -> bool:
        """Say whether anybody can send it: it was made for this cloud, and has not expired."""
        return self.cloud == cloud and not (self.expires_at and self.expires_at < now)

    def is_in_doubt(self, *, now: datetime) -> bool:
        """Say whether nobody sends it any more, and whether it has left is found out first. A row
        that was claimed for sending is so for longer than the grace of a doubt, and one without a
        reference has not left."""
        until = self.claimed_until
        ends_soon = until is not None and until <= now + settings.DOUBT_GRACE
        return ends_soon and bool(self.reference)

    @property
    def raw_content(self) -> RawContent | None:
        """The stored MIME of a carried message."""
        return RawContent(self.raw_size, self._open_raw) if self.raw_path else None

    def _open_raw(self) -> BinaryIO:
        return cast(BinaryIO, default_storage.open(self.raw_path))

    @property
    def recipients(self) -> list[str]:
        return [*self.to, *self.cc, *self.bcc]
