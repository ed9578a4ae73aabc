"""Keys of the REST API. The key itself is shown once; its SHA-256 is all that is kept."""

import hashlib
import secrets
from datetime import datetime
from typing import Self

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications.models.sealed.address import SealedAddressField
from notifications.models.sealed.field import SealedField

_PREFIX = "mc_"
_HINT = len(_PREFIX) + 6  # characters that tell keys apart on a page


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def find(self, token: str, *, now: datetime) -> "ApiKey | None":
        """The key, if it is one that may be used."""
        return self.usable(now=now).made(token)

    def made(self, token: str) -> "ApiKey | None":
        """The key, whether it may be used or not."""
        return self.filter(digest=_digest(token)).first()

    def usable(self, *, now: datetime) -> Self:
        """The keys for which `is_usable` holds."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None)

    def orphans(self, *, now: datetime) -> models.QuerySet["ApiKey", str]:
        """The names of keys that may be used, though their maker may not log in any more."""
        found = self.usable(now=now).filter(created_by__is_active=False)
        return found.order_by("name").values_list("name", flat=True)

    def count_request(self, pk: int, *, now: datetime) -> bool:
        """Count it in this minute; False if the minute is full. One UPDATE, so that the
        limit holds over all web processes."""
        minute = now.replace(second=0, microsecond=0)
        same = Q(minute=minute)
        room = (
            ~same | Q(minute=None) | Q(requests_a_minute=0) | Q(requests__lt=F("requests_a_minute"))
        )
        return bool(
            self.filter(room, pk=pk).update(
                requests=Case(When(same, then=F("requests") + 1), default=Value(1)),
                minute=minute,
                last_used_at=now,
            )
        )

    def count_message(self, pk: int, *, now: datetime) -> bool:
        """Count a message in this day (UTC); False if the day is full. To be asked where there is
        a limit only: until the commit, other messages wait for the row of their key."""
        same = Q(day=now.date())
        room = ~same | Q(day=None) | Q(messages_a_day=0) | Q(messages__lt=F("messages_a_day"))
        return bool(
            self.filter(room, pk=pk).update(
                messages=Case(When(same, then=F("messages") + 1), default=Value(1)),
                day=now.date(),
            )
        )


class ApiKey(models.Model):
    name = models.CharField(
        _("Name"),
        max_length=150,
        unique=True,
        validators=[RegexValidator(r"^[^\x00-\x1f\x7f]+$", _("No control characters, please."))],
        help_text=_("Application name, shown as the initiator."),
    )
    hint = models.CharField(_("Key prefix"), max_length=20)
    digest = models.CharField(max_length=64, unique=True)
    may_send = models.BooleanField(
        _("May send"),
        default=True,
        help_text=_("Queue notifications, run E-mail Notifications; see and cancel its own."),
    )
    may_read = models.BooleanField(
        _("May read"), default=False, help_text=_("See all notifications and the log.")
    )
    requests_a_minute = models.PositiveIntegerField(
        _("Requests per minute"), default=600, help_text=_("0 = unlimited.")
    )
    messages_a_day = models.PositiveIntegerField(
        _("Messages per day"),
        default=0,
        help_text=_("0 = unlimited. A day begins at midnight UTC."),
    )
    allowed_from = models.TextField(
        _("Allowed From addresses"),
        max_length=4000,
        blank=True,
        help_text=_(
            "Separated by commas or new lines; @contoso.com allows a whole domain. Leave empty to "
            "allow all. Messages without a From use the default sender."
        ),
    )
    networks = models.TextField(
        _("Allowed networks"),
        max_length=4000,
        blank=True,
        help_text=_(
            "Addresses or CIDR ranges, such as 192.0.2.0/24. Leave empty to allow all. Behind a "
            "proxy, MAILCONNECTOR_TRUSTED_PROXIES must name it."
        ),
    )
    expires_at = models.DateTimeField(_("Expires"), null=True, blank=True)
    created_at = models.DateTimeField(_("Created"), default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    last_used_at = models.DateTimeField(_("Last used"), null=True)
    revoked_at = models.DateTimeField(_("Revoked"), null=True)
    minute = models.DateTimeField(null=True)
    requests = models.PositiveIntegerField(default=0)  # in that minute
    day = models.DateField(null=True)
    messages = models.PositiveIntegerField(default=0)  # on that day, if there is a limit
    callback_url = SealedAddressField(_("Callback address"), max_length=500, blank=True)
    callback_secret = SealedField(_("Callback secret"), blank=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def make_token(self) -> str:
        """A new key for the unsaved row. It cannot be had a second time."""
        token = _PREFIX + secrets.token_urlsafe(32)
        self.hint, self.digest = token[:_HINT], _digest(token)
        return token

    def is_usable(self, *, now: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now)


class ApiNotification(models.Model):
    """A notification came with this API key. `key` is the idempotency key that the application
    gave it: the keys of two applications do not meet."""

    notification = models.OneToOneField(
        "Notification", primary_key=True, on_delete=models.CASCADE, related_name="came_with"
    )
    # The index of the constraint finds the notifications of an API key as well.
    api_key = models.ForeignKey(
        ApiKey, on_delete=models.CASCADE, related_name="notifications", db_index=False
    )
    key = models.CharField(max_length=200, null=True)  # noqa: DJ001 - unique, so null

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["api_key", "key"], name="api_notification_key")
        ]

    def __str__(self) -> str:
        return f"{self.notification_id} by {self.api_key_id}"


def seconds_left(now: datetime) -> int:
    """How many seconds are left of the minute in which requests are counted."""
    return 60 - now.second


def _digest(token: str) -> str:
    # The token has 256 random bits: nothing is gained by a slow hash.
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
