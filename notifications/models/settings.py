"""The saved e-mail settings: one row. `values()` is what the rest of the program reads."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history import register

from notifications.backends.microsoft.clouds import EMULATOR, REAL_CLOUDS
from notifications.message import charsets

from .account import MicrosoftAccount
from .delivery.options import ReportHandling, SuppressionPolicy, TraceRegistration
from .rows import SingletonQuerySet
from .sealed.field import SealedField, sealed_fields

MEGABYTE = 1_048_576
# More than any mailbox takes (150 MB), so that a slip of the finger is noticed.
HIGHEST_LIMIT_MB = 1024
HIGHEST_PACE = 10_000
HIGHEST_DAY_LIMIT = 1_000_000
HIGHEST_SUPPRESSION_DAYS = 3650


class Service(models.TextChoices):
    """The e-mail services. One more needs more than a backend: see docs/architecture.md."""

    NONE = "none", _("None")
    EXCHANGE_ONLINE = "exchange-online", _("Exchange Online with OAuth authentication")


class Api(models.TextChoices):
    GRAPH = "graph", _("MS Graph (recommended)")
    EWS = "ews", _("Exchange Web Services (EWS)")


class Credential(models.TextChoices):
    SECRET = "secret", _("Client secret")
    CERTIFICATE = "certificate", _("Certificate")


class DoubtPolicy(models.TextChoices):
    HOLD = "hold", _("Hold for manual review")
    SEND_AGAIN = "send-again", _("Send it again once")


@dataclass(frozen=True, slots=True)
class SettingsValues:
    """The settings as values: of the saved row, or of a form that is not saved yet.

    Secrets are sealed (vault.py). `attachment_limit_mb` counts only with `limit_attachments`. Each
    is a field of EmailSettings under the same name: mypy could not see them in a dataclass that
    is made from the model.
    """

    service: str = Service.NONE
    from_address: str = ""
    charset: str = charsets.UTF_8.name
    plain_text_only: bool = False
    limit_attachments: bool = False
    attachment_limit_mb: int | None = None
    api: str = Api.GRAPH
    cloud: str = "global"
    tenant_id: str = ""
    client_id: str = ""
    credential: str = Credential.SECRET
    client_secret: str = ""
    certificate: str = ""
    secret_expires_on: date | None = None
    delegation: bool = False
    protection: bool = True
    messages_a_minute: int = 30
    recipients_a_day: int = 10_000
    doubt_policy: str = DoubtPolicy.HOLD
    trace: bool = False
    trace_registration: str = TraceRegistration.OWN
    trace_tenant_id: str = ""
    trace_client_id: str = ""
    trace_credential: str = Credential.SECRET
    trace_secret: str = ""
    trace_certificate: str = ""
    read_reports: bool = False
    report_mailboxes: str = ""
    report_handling: str = ReportHandling.LEAVE
    report_folder: str = "Bounces"
    suppression: bool = False
    suppression_days: int = 90
    suppression_policy: str = SuppressionPolicy.REFUSE
    # The real cloud that mail was last sent by; "" before the first one.
    last_cloud: str = ""

    @property
    def cloud_is_lost(self) -> bool:
        """Say whether the environment names no cloud although mail was sent by a real one. Then
        this is no practice: its variables may have been lost."""
        return settings.CLOUD == EMULATOR and not settings.CLOUD_IS_NAMED and bool(self.last_cloud)

    @property
    def known_credentials(self) -> list[str]:
        """The kinds of credential that nobody has to enter any more."""
        kept = {
            Credential.SECRET: self.client_secret,
            Credential.CERTIFICATE: self.certificate,
        }
        return [kind.value for kind, secret in kept.items() if secret]

    @property
    def attachment_limit(self) -> int | None:
        """The most bytes that the files themselves may have; None = no limit."""
        if self.limit_attachments and self.attachment_limit_mb:
            return self.attachment_limit_mb * MEGABYTE
        return None


_NEW = SettingsValues()  # what a new installation begins with


class EmailSettingsQuerySet(SingletonQuerySet["EmailSettings"]):
    def current(self) -> "EmailSettings":
        """The saved row, with its account; made with the defaults the first time."""
        row = self.select_related("account").filter(pk=1).first()
        return row or self.made().get()


class EmailSettings(models.Model):
    service = models.CharField(
        _("Choose e-mail service"), max_length=20, choices=Service.choices, default=_NEW.service
    )
    from_address = models.CharField(_("'From' e-mail address"), max_length=400, blank=True)
    charset = models.CharField(_("Character set"), max_length=20, default=_NEW.charset)
    plain_text_only = models.BooleanField(
        _("Send all e-mail messages in plain text format"), default=_NEW.plain_text_only
    )
    limit_attachments = models.BooleanField(
        _("Limit the total size of attachments"), default=_NEW.limit_attachments
    )
    attachment_limit_mb = models.PositiveIntegerField(
        _("Limit in megabytes"),
        null=True,
        validators=[MinValueValidator(1), MaxValueValidator(HIGHEST_LIMIT_MB)],
    )
    api = models.CharField(_("API"), max_length=10, choices=Api.choices, default=_NEW.api)
    cloud = models.CharField(_("Cloud"), max_length=20, default=_NEW.cloud)
    tenant_id = models.CharField(_("Tenant ID"), max_length=100, blank=True)
    client_id = models.CharField(_("Client ID"), max_length=100, blank=True)
    credential = models.CharField(
        _("Credential"), max_length=20, choices=Credential.choices, default=_NEW.credential
    )
    client_secret = SealedField(_("Client secret"), blank=True, set_at="credential_set_at")
    # PEM with its private key
    certificate = SealedField(_("Certificate"), blank=True, set_at="credential_set_at")
    credential_set_at = models.DateTimeField(_("Client secret or certificate"), null=True)
    secret_expires_on = models.DateField(_("The secret expires on"), null=True)
    delegation = models.BooleanField(_("'From' address delegation"), default=_NEW.delegation)
    protection = models.BooleanField(
        _("Protect against duplicates and send large attachments"), default=_NEW.protection
    )
    messages_a_minute = models.PositiveIntegerField(
        _("Messages a minute"),
        default=_NEW.messages_a_minute,
        validators=[MaxValueValidator(HIGHEST_PACE)],
    )
    recipients_a_day = models.PositiveIntegerField(
        _("Recipients a day"),
        default=_NEW.recipients_a_day,
        validators=[MaxValueValidator(HIGHEST_DAY_LIMIT)],
    )
    doubt_policy = models.CharField(
        _("When it is not known whether a message went out"),
        max_length=20,
        choices=DoubtPolicy.choices,
        default=_NEW.doubt_policy,
    )
    # What became of each message: mailbox/trace.py, mailbox/reports.py
    trace = models.BooleanField(_("Track delivery with message trace"), default=_NEW.trace)
    trace_registration = models.CharField(
        _("Application registration"),
        max_length=20,
        choices=TraceRegistration.choices,
        default=_NEW.trace_registration,
    )
    trace_tenant_id = models.CharField(_("Tenant"), max_length=100, blank=True)
    trace_client_id = models.CharField(_("Client ID"), max_length=100, blank=True)
    trace_credential = models.CharField(
        _("Credential"), max_length=20, choices=Credential.choices, default=_NEW.trace_credential
    )
    trace_secret = SealedField(
        _("Client secret of message trace"), blank=True, set_at="trace_credential_set_at"
    )
    trace_certificate = SealedField(
        _("Certificate of message trace"), blank=True, set_at="trace_credential_set_at"
    )
    read_reports = models.BooleanField(
        _("Read non-delivery reports (NDRs)"), default=_NEW.read_reports
    )
    report_mailboxes = models.TextField(_("Further mailboxes"), blank=True)
    report_handling = models.CharField(
        _("What to do with them"),
        max_length=10,
        choices=ReportHandling.choices,
        default=_NEW.report_handling,
    )
    report_folder = models.CharField(_("Folder"), max_length=100, default=_NEW.report_folder)
    suppression = models.BooleanField(
        _("Do not send to addresses that bounced"), default=_NEW.suppression
    )
    suppression_days = models.PositiveIntegerField(
        _("Days on the suppression list"),
        default=_NEW.suppression_days,
        validators=[MinValueValidator(1), MaxValueValidator(HIGHEST_SUPPRESSION_DAYS)],
    )
    suppression_policy = models.CharField(
        _("When it is reached"),
        max_length=10,
        choices=SuppressionPolicy.choices,
        default=_NEW.suppression_policy,
    )
    trace_credential_set_at = models.DateTimeField(
        _("Client secret or certificate of message trace"), null=True
    )
    last_cloud = models.CharField(_("Last real cloud"), max_length=20, blank=True)
    account = models.ForeignKey(
        MicrosoftAccount, null=True, on_delete=models.PROTECT, related_name="+"
    )
    # The history needs it: the account itself may be gone.
    account_address = models.CharField(_("Account"), max_length=254, blank=True)
    signed_in_at = models.DateTimeField(null=True)
    # Counts the Saves: a form that was opened before another Save is refused.
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(null=True)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = EmailSettingsQuerySet.as_manager()

    class Meta:
        verbose_name = _("e-mail settings")
        verbose_name_plural = _("e-mail settings")
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="email_settings_one_row"),
            models.CheckConstraint(
                condition=models.Q(cloud__in=list(REAL_CLOUDS)), name="email_settings_real_cloud"
            ),
        ]

    def __str__(self) -> str:
        return "E-mail settings"

    @classmethod
    def label(cls, name: str) -> str:
        """The name of a field for people, in the language of now. It stands in the model only:
        the form and the history ask for it here."""
        labels = {field.name: field.verbose_name for field in cls._meta.fields}
        return str(labels[name])

    def values(self) -> SettingsValues:
        """The settings as saved; the environment may fix others (mailbox/connection.py). A real
        account tells the last cloud itself; the column keeps it for when the account is gone."""
        values: dict[str, Any] = {f.name: getattr(self, f.name) for f in fields(SettingsValues)}
        if self.account and self.account.cloud not in ("", EMULATOR):
            values["last_cloud"] = self.account.cloud
        return SettingsValues(**values)

    def use(self, account: MicrosoftAccount | None) -> None:
        """Make it the account that mail leaves from. The row is not saved."""
        self.account = account
        self.account_address = account.address if account else ""
        self.signed_in_at = account.signed_in_at if account else None

    def take(self, values: SettingsValues, *, now: datetime) -> None:
        """Put the values into the row, which is not saved. The `set_at` of a secret that is
        another one than before becomes `now`."""
        for secret in sealed_fields(EmailSettings):
            if getattr(values, secret.name) != getattr(self, secret.name):
                setattr(self, secret.set_at, now)
        for field in fields(values):
            setattr(self, field.name, getattr(values, field.name))


# Old secrets are not kept: that one was changed is told by its `set_at`.
register(
    EmailSettings,
    excluded_fields=[
        *(f.name for f in sealed_fields(EmailSettings)),
        "saved_at",
        "saved_by",
        "last_cloud",
    ],
    verbose_name=_("settings change"),
    verbose_name_plural=_("Settings history"),
)
