"""Who may hand in mail over SMTP: a device or an application."""

import hashlib
import re
import secrets
from datetime import datetime, timedelta
from functools import cached_property
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications.models.notification import Priority

# Old devices take few characters, and no symbols. 16 of 54 have 92 random bits.
_LETTERS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_PASSWORD_LENGTH = 16
_USER_NAME_LENGTH = 16
_ENTRIES = re.compile(r"[\s,;]+")
INITIATOR = "SMTP: "


class Authentication(models.TextChoices):
    PASSWORD = "password", _("User name and password")
    ADDRESS = "address", _("IP address (no sign-in)")


class WrongFrom(models.TextChoices):
    REFUSE = "refuse", _("Refuse")
    REPLACE = "replace", _("Send from the default and put the named one into Reply-To")


class Recipients(models.TextChoices):
    EVERYBODY = "everybody", _("Everybody")
    DOMAINS = "domains", _("These domains")


class HeaderOnly(models.TextChoices):
    REMOVE = "remove", _("Remove")
    REFUSE = "refuse", _("Refuse")


class SmtpClientQuerySet(models.QuerySet["SmtpClient"]):
    def usable(self) -> "SmtpClientQuerySet":
        return self.filter(enabled=True)

    def count_recipients(self, pk: int, count: int, *, now: datetime) -> bool:
        """Count them in this day; False if it has no room for them. One UPDATE, so that the limit
        holds over all listeners."""
        today = now.date()
        rows = self.filter(pk=pk)
        same_day = rows.filter(
            day=today, recipients_today__lte=models.F("recipients_a_day") - count
        )
        if same_day.update(recipients_today=models.F("recipients_today") + count):
            return True
        first = rows.exclude(day=today).filter(recipients_a_day__gte=count) | rows.filter(
            day=None, recipients_a_day__gte=count
        )
        return bool(first.update(day=today, recipients_today=count))

    def next_turn(self, pk: int, *, now: datetime) -> datetime:
        """Take a place among the messages of a minute; return when the message may leave. Those
        over the rate have a place in a later minute."""
        while True:
            row = self.filter(pk=pk).values_list("minute", "messages", "messages_a_minute").get()
            before, used, rate = row
            this = now.replace(second=0, microsecond=0)
            minute, messages = (before, used + 1) if before and before >= this else (this, 1)
            if rate and messages > rate:
                minute, messages = minute + timedelta(minutes=1), 1
            same = self.filter(pk=pk, minute=before, messages=used)
            if same.update(minute=minute, messages=messages):
                return max(minute, now)


class SmtpClient(models.Model):
    name = models.CharField(
        _("Name"),
        max_length=100,
        unique=True,
        validators=[RegexValidator(r"^[^\x00-\x1f\x7f]+$", _("No control characters, please."))],
        help_text=_("The log names the client by it: “SMTP: Scanner 2nd floor”."),
    )
    authentication = models.CharField(
        _("Authentication"),
        max_length=10,
        choices=Authentication.choices,
        default=Authentication.PASSWORD,
    )
    user_name = models.CharField(_("User name"), max_length=_USER_NAME_LENGTH, unique=True)
    password_digest = models.CharField(max_length=64, blank=True)
    networks = models.TextField(
        _("Networks"),
        blank=True,
        help_text=_(
            "Addresses or networks (CIDR) that the client connects from, separated by commas. "
            "Required without sign-in; otherwise empty = from anywhere."
        ),
    )
    allowed_from = models.TextField(
        _("Allowed From addresses"),
        blank=True,
        help_text=_("Addresses or @domain, separated by commas; empty = the default From only."),
    )
    wrong_from = models.CharField(
        _("If From isn't allowed"),
        max_length=10,
        choices=WrongFrom.choices,
        default=WrongFrom.REFUSE,
    )
    allowed_recipients = models.CharField(
        _("Allowed recipients"),
        max_length=10,
        choices=Recipients.choices,
        default=Recipients.EVERYBODY,
    )
    domains = models.TextField(
        _("Domains"), blank=True, help_text=_("Separated by commas; empty = our own domains.")
    )
    header_only = models.CharField(
        _("Recipients named only in headers"),
        max_length=10,
        choices=HeaderOnly.choices,
        default=HeaderOnly.REMOVE,
        help_text=_("Exchange would deliver to them, although the client did not ask for it."),
    )
    recipients_a_day = models.PositiveIntegerField(
        _("Recipients a day"), default=500, validators=[MinValueValidator(1)]
    )
    messages_a_minute = models.PositiveIntegerField(
        _("Messages a minute"),
        default=60,
        validators=[MinValueValidator(1)],
        help_text=_("What comes faster is accepted and is sent later."),
    )
    expires_hours = models.PositiveIntegerField(
        _("Expires after"),
        default=72,
        validators=[MinValueValidator(1), MaxValueValidator(24 * 365)],
        help_text=_("Hours. A message that could not be sent until then is not sent at all."),
    )
    dry_run = models.BooleanField(_("Dry run (accept, log, don't send)"), default=False)
    priority = models.PositiveSmallIntegerField(
        _("Priority"), choices=Priority.choices, default=Priority.NORMAL
    )
    sensitive = models.BooleanField(
        _("Sensitive"),
        default=False,
        help_text=_("Hide subject and content of its messages from people without the permission."),
    )
    allow_plain = models.BooleanField(_("Allow sign-in without encryption"), default=False)
    enabled = models.BooleanField(_("Enabled"), default=True)
    created_at = models.DateTimeField(_("Created"), default=timezone.now)
    last_used_at = models.DateTimeField(_("Last used"), null=True)
    day = models.DateField(null=True)
    recipients_today = models.PositiveIntegerField(default=0)  # of that day
    minute = models.DateTimeField(null=True)
    messages = models.PositiveIntegerField(default=0)  # of that minute

    objects = SmtpClientQuerySet.as_manager()

    class Meta:
        verbose_name = _("SMTP client")
        verbose_name_plural = _("SMTP clients")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def initiator(self) -> str:
        return f"{INITIATOR}{self.name}"

    @property
    def needs_password(self) -> bool:
        return self.authentication == Authentication.PASSWORD

    def make_user_name(self) -> None:
        """Give the unsaved row a user name that reminds of its name."""
        readable = re.sub(r"[^a-z0-9]+", "", self.name.lower().partition(" ")[0])[:8] or "smtp"
        tail = "".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _n in range(6))
        self.user_name = f"{readable}-{tail}"

    def make_password(self) -> str:
        """Give the row a new password, which cannot be looked up later."""
        password = "".join(secrets.choice(_LETTERS) for _n in range(_PASSWORD_LENGTH))
        self.password_digest = _digest(password)
        return password

    def has_password(self, password: str) -> bool:
        return bool(self.password_digest) and secrets.compare_digest(
            self.password_digest, _digest(password)
        )

    @cached_property
    def network_list(self) -> list[IPv4Network | IPv6Network]:
        return [ip_network(entry, strict=False) for entry in entries(self.networks)]

    def is_in_networks(self, address: IPv4Address | IPv6Address) -> bool:
        return any(address in network for network in self.network_list)

    def recipients_of(self, now: datetime) -> int:
        """Count the recipients of this day so far."""
        return self.recipients_today if self.day == now.date() else 0


def entries(text: str) -> list[str]:
    """Take apart a list as people type it."""
    return [entry for entry in _ENTRIES.split(text) if entry]


def _digest(password: str) -> str:
    # It is random, so nothing is gained by a slow hash.
    return hashlib.sha256(password.encode(errors="replace")).hexdigest()
