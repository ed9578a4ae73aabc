"""Deliveries to applications and to the channels of alarms: the queue of them and their log."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .api_keys.key import ApiKey
from .queue_state import QueueState

# A call without an API key is one of an alarm: the constraint below allows nothing else.
_OF_ALARM = Q(api_key=None)


class CallbackState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    DELIVERED = "delivered", _("Delivered")
    GIVEN_UP = "given_up", _("Given up")


@dataclass(frozen=True, slots=True)
class Target:
    """The receiver of a call as it is now. `url` is "" where nobody wants calls any more."""

    url: str
    # Raises vault.UnreadableSecret.
    secret: Callable[[], str]


class CallbackQuerySet(models.QuerySet["Callback"]):
    """Selections, and transitions: each a guarded UPDATE, as in the queue of notifications."""

    def of_alarms(self) -> "CallbackQuerySet":
        """The deliveries of alarms, which each installation makes for itself."""
        return self.filter(_OF_ALARM)

    def of_keys(self) -> "CallbackQuerySet":
        """The calls to applications that this installation makes. Where the database belongs to
        another one, or is a copy, the original makes them."""
        return self.exclude(_OF_ALARM).filter(~Exists(QueueState.objects.elsewhere()))

    def first_of_each(self) -> "CallbackQuerySet":
        """Leave out what has to wait for an earlier delivery of the same alarm to the same
        channel: “over” shall not arrive before “raised”."""
        earlier = Callback.objects.filter(
            state=CallbackState.WAITING,
            alarm=OuterRef("alarm"),
            channel=OuterRef("channel"),
            pk__lt=OuterRef("pk"),
        )
        return self.filter(~Exists(earlier))

    def due(self, *, now: datetime) -> "CallbackQuerySet":
        return self.filter(state=CallbackState.WAITING, due_at__lte=now).order_by("due_at", "pk")

    def claim(self, row: "Callback", *, now: datetime, lease: timedelta) -> bool:
        """Take it for one call. A process that dies loses the call's turn, not the call."""
        return bool(
            self.filter(pk=row.pk, state=CallbackState.WAITING, due_at=row.due_at).update(
                due_at=now + lease, attempts=F("attempts") + 1, tried_at=now
            )
        )

    def deliver(self, pk: int, *, http_status: int) -> None:
        self.filter(pk=pk).update(state=CallbackState.DELIVERED, http_status=http_status, error="")

    def put_back(self, pk: int, *, due_at: datetime, http_status: int, error: str) -> None:
        self.filter(pk=pk, state=CallbackState.WAITING).update(
            due_at=due_at, http_status=http_status, error=error
        )

    def give_up(self, pk: int, *, http_status: int, error: str) -> None:
        self.filter(pk=pk, state=CallbackState.WAITING).update(
            state=CallbackState.GIVEN_UP, http_status=http_status, error=error
        )


class Callback(models.Model):
    """One call. `body` is the JSON that is signed and sent, the same at every try."""

    api_key = models.ForeignKey(
        "ApiKey",
        null=True,
        on_delete=models.CASCADE,
        related_name="callbacks",
        verbose_name=_("API key"),
    )
    alarm = models.ForeignKey(
        "Alarm",
        null=True,
        on_delete=models.CASCADE,
        related_name="callbacks",
        verbose_name=_("Alarm"),
    )
    # Null where the alarm is one of before there were channels.
    channel = models.ForeignKey(
        "AlarmChannel",
        null=True,
        on_delete=models.CASCADE,
        related_name="deliveries",
        verbose_name=_("Alarm channel"),
    )
    # That of the alarm when it was told, see Alarm
    stage = models.PositiveSmallIntegerField(null=True)
    notification = models.ForeignKey(
        "Notification",
        null=True,
        on_delete=models.SET_NULL,
        related_name="callbacks",
        verbose_name=_("Notification"),
    )
    event = models.CharField(_("Event"), max_length=40)
    body = models.TextField(_("Content"))
    state = models.CharField(
        _("State"), max_length=20, choices=CallbackState.choices, default=CallbackState.WAITING
    )
    created_at = models.DateTimeField(_("Time"), default=timezone.now)
    due_at = models.DateTimeField(_("Next try"), default=timezone.now)
    tried_at = models.DateTimeField(_("Last try"), null=True)
    attempts = models.PositiveIntegerField(_("Tries"), default=0)
    http_status = models.PositiveSmallIntegerField(_("HTTP status"), default=0)
    error = models.TextField(_("Error"), blank=True)

    objects = CallbackQuerySet.as_manager()

    class Meta:
        verbose_name = _("callback")
        verbose_name_plural = _("Callbacks")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="callback_due")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(api_key=None) ^ Q(alarm=None), name="callback_of_key_or_alarm"
            )
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.pk}"

    @property
    def event_id(self) -> str:
        """The id within the body: a receiver knows by it what it was told before."""
        return str(json.loads(self.body)["id"])

    def target(self) -> Target:
        """The address of the key that the call is for."""
        key = self.api_key
        url = "" if key is None or key.revoked_at else key.callback_url
        return Target(url, partial(ApiKey.callback_secret.field.open, key))
