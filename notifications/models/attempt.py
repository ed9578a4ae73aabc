"""One entry of the Outgoing Notifications Log. Written once, with the result."""

from collections.abc import Sequence
from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from notifications.backends.errors import Answer
from notifications.message.addresses import bare_address

from .delivery.state import DeliverySummary
from .retention import Retention
from .search_field import SearchField, whole, words_of
from .settings import Api


class Result(models.TextChoices):
    ACCEPTED = "accepted", _("Accepted by Microsoft")
    FAILED = "failed", _("Failed")
    DEFERRED = "deferred", _("Deferred")
    UNCONFIRMED = "unconfirmed", _("May have been sent")
    REFUSED = "refused", _("Refused")


class AttemptQuerySet(models.QuerySet["Attempt"]):
    def shown(self, *, at: str = "at") -> "AttemptQuerySet":
        """Leave out entries that were cleared and are not deleted yet (retention.py). `at` is the
        column of their time, or an annotation of the same."""
        until = Retention.objects.current().cleared_until
        return self.filter(**{f"{at}__gt": until}) if until else self

    def newest_unsent(self, account: str, *, since: datetime) -> "Attempt | None":
        """Return the last entry since then of a message that did not leave from the account."""
        unsent = (Result.FAILED, Result.DEFERRED, Result.UNCONFIRMED)
        found = self.shown().filter(at__gt=since, account=account, result__in=unsent, is_test=False)
        return found.order_by("-at", "-pk").first()

    def write(
        self, entries: Sequence["Attempt"], *, again: Sequence["Attempt"], now: datetime
    ) -> None:
        """The entries of attempts that have just been made. Those of `again` may not be the
        first of their notification, and supersede deferred ones."""
        if again:
            self.filter(
                message_id__in=[entry.message_id for entry in again],
                result=Result.DEFERRED,
                superseded_at=None,
            ).update(superseded_at=now)
        self.bulk_create(entries)


class Attempt(models.Model):
    """It has its own copies of subject and addresses, so that it outlives the notification,
    which is null for tests and refusals. Attempts of one notification share its Message-ID."""

    notification = models.ForeignKey(
        "Notification", null=True, on_delete=models.SET_NULL, related_name="log_entries"
    )
    at = models.DateTimeField(_("date"))
    result = models.CharField(_("Result"), max_length=20, choices=Result.choices)
    is_test = models.BooleanField(_("test"), default=False)
    account = models.CharField(max_length=254, blank=True)
    from_address = models.CharField(max_length=400, blank=True)
    recipients = models.TextField(blank=True)  # To, Cc and Bcc, separated by commas
    recipient_count = models.PositiveIntegerField(default=1)
    subject = models.TextField(blank=True)
    message_id = models.CharField(max_length=255, blank=True)
    original_message_id = models.CharField(max_length=255, blank=True, default="")
    api = models.CharField(_("API"), max_length=10, blank=True, choices=Api.choices)
    error = models.TextField(blank=True)  # one line for people
    # Whether Exchange was asked to send: before that no answer leaves a doubt.
    submitted = models.BooleanField(default=True)
    code = models.CharField(max_length=100, blank=True)
    message = models.TextField(blank=True)  # Microsoft's own words
    http_status = models.PositiveSmallIntegerField(default=0)
    request_id = models.CharField(max_length=100, blank=True)
    client_request_id = models.CharField(max_length=100, blank=True)
    duration_ms = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)  # of the MIME, in bytes
    charset = models.CharField(max_length=20, blank=True)
    initiator = models.CharField(max_length=150, blank=True)
    note = models.TextField(blank=True)
    worker = models.CharField(max_length=100, blank=True)
    # Of a deferred attempt: when the notification's next one was written, under which the log
    # folds this one.
    superseded_at = models.DateTimeField(null=True)
    # What became of it, told later than all the rest (log/delivery.py); "" = nothing was asked.
    delivery = models.CharField(
        _("Delivery"), max_length=20, blank=True, default="", choices=DeliverySummary.choices
    )
    delivered_count = models.PositiveIntegerField(default=0)  # recipients
    search = SearchField()

    objects = AttemptQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("log entry")
        verbose_name_plural = _("Outgoing Notifications Log")
        permissions = [("erase_address", "Can find and erase an address")]
        indexes = [
            models.Index(fields=["-at", "-id"], name="attempt_newest"),
            models.Index(
                fields=["-at", "-id"],
                condition=models.Q(superseded_at=None),
                name="attempt_newest_unfolded",
            ),
            models.Index(fields=["message_id"], name="attempt_message_id"),
            models.Index(
                fields=["delivery", "-at", "-id"],
                condition=~models.Q(delivery=""),
                name="attempt_delivery",
            ),
            # PostgreSQL also has a GIN index over `search`; see search_field.py.
        ]

    def __str__(self) -> str:
        return f"{self.get_result_display()}: {self.subject}"

    @property
    def answer(self) -> Answer:
        return Answer(
            self.http_status, self.code, self.message, self.request_id, self.client_request_id
        )

    def search_text(self) -> str:
        """Its day first, on which the index is built; then marks for the filters, and words."""
        words = words_of(
            (self.subject, self.recipients, self.from_address, self.account),
            ids=(
                self.message_id,
                self.original_message_id,
                self.request_id,
                self.client_request_id,
                self.code,
            ),
        )
        marks = [
            mark(self.result),
            mark(self.api),
            mark("test") if self.is_test else "",
            mark(str(self.http_status)) if self.http_status else "",
        ]
        people = [sender_mark(self.from_address), initiator_mark(self.initiator)]
        return " ".join([day_of(self.at), *filter(None, [*marks, *words, *people])])


def mark(value: str) -> str:
    """What a filter finds in `search`: no word of a person begins with “=”."""
    return f"={value}" if value else ""


def sender_mark(address: str) -> str:
    """A sender of few may be the recipient of many: the words of an entry do not tell them."""
    return mark(f"from:{whole(bare_address(address))}") if address else ""


def initiator_mark(name: str) -> str:
    return mark(f"by:{whole(name)}") if name else ""


def day_of(at: datetime) -> str:
    """The days since 1970 (UTC): five digits until 2243."""
    return str(int(at.timestamp()) // 86400)
