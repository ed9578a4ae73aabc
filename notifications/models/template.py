"""An E-mail Notification: a named template that a workflow action makes notifications from."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from notifications.i18n import translated
from notifications.message.addresses import AddressError, parse_address, parse_addresses
from notifications.placeholders import texts
from notifications.placeholders.context import plain_data
from notifications.placeholders.texts import PlaceholderError

ADDRESS_FIELDS = ("from_address", "to", "cc", "bcc")
TEXT_FIELDS = ("subject", "html", "text")
# The rest of what an export carries.
OPTION_FIELDS = (
    "name", "enabled", "missing_values", "skip_initiator", "refuse_without_recipients",
    "sample_context",
)  # fmt: skip
_PLACEHOLDER_SIGNS = ("{{", "{%", "{#")


class MissingValues(models.TextChoices):
    EMPTY = "empty", _("Leave the place empty")
    REFUSE = "refuse", _("Refuse the notification")


class EmailTemplate(models.Model):
    """Addresses, subject and bodies have placeholders (see placeholders/)."""

    name = models.CharField(
        _("Name"),
        max_length=100,
        unique=True,
        # The name is part of an address of the REST API.
        validators=[RegexValidator(r"^[^/\\\x00-\x1f\x7f]+$", _("No slashes, please."))],
    )
    enabled = models.BooleanField(_("Enabled"), default=True)
    from_address = models.CharField(_("From"), max_length=400, blank=True)
    to = models.TextField(_("To"), blank=True)
    cc = models.TextField(_("Cc"), blank=True)
    bcc = models.TextField(_("Bcc"), blank=True)
    subject = models.TextField(_("Subject"), blank=True)
    html = models.TextField(_("HTML body"), blank=True)
    text = models.TextField(_("Text alternative"), blank=True)
    missing_values = models.CharField(
        _("When a placeholder has no value"),
        max_length=10,
        choices=MissingValues.choices,
        default=MissingValues.EMPTY,
    )
    skip_initiator = models.BooleanField(_("Do not notify the initiator"), default=False)
    refuse_without_recipients = models.BooleanField(
        _("Refuse to run without recipients"), default=True
    )
    sample_context = models.JSONField(_("Sample context"), default=dict, blank=True)

    history = HistoricalRecords(verbose_name=_("change of an E-mail Notification"))

    class Meta:
        verbose_name = _("E-mail Notification")
        verbose_name_plural = _("E-mail Notifications")
        ordering = ["name"]
        permissions = [("run_emailtemplate", "Can run E-mail Notifications")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Errors of templates and addresses, each at its field."""
        errors: dict[str, Any] = {}
        for name in (*ADDRESS_FIELDS, *TEXT_FIELDS):
            if problem := self._problem(name):
                errors[name] = problem
        try:
            self.sample_context = plain_data(self.sample_context or {})
        except PlaceholderError as error:
            errors["sample_context"] = translated(error, gettext)
        if not self.html and not self.text:
            errors.setdefault("html", _("Enter an HTML body or a text."))
        if errors:
            raise ValidationError(errors)

    def fields(self) -> list[texts.Field]:
        """The values that it asks for. Of a text that is not valid any more it is not known: the
        others are shown all the same, and a run says what is wrong."""
        names = (*ADDRESS_FIELDS, *TEXT_FIELDS)
        try:
            return texts.fields_of(getattr(self, name) for name in names)
        except PlaceholderError:
            return []

    def _problem(self, name: str) -> str:
        source: str = getattr(self, name)
        try:
            texts.check(source)
            if name in ADDRESS_FIELDS and not any(s in source for s in _PLACEHOLDER_SIGNS):
                _check_addresses(name, source)
        except (PlaceholderError, AddressError) as error:
            return translated(error, gettext)
        return ""


class TemplateFile(models.Model):
    """A fixed attachment; kept in the same storage as those of notifications."""

    template = models.ForeignKey(EmailTemplate, on_delete=models.CASCADE, related_name="files")
    path = models.CharField(max_length=100, db_index=True)
    name = models.CharField(_("Name"), max_length=255)
    content_type = models.CharField(_("Type"), max_length=100)
    size = models.PositiveBigIntegerField(_("Size"))
    content_id = models.CharField(
        _("Content-ID"),
        max_length=200,
        blank=True,
        help_text=_('For an inline image: <img src="cid:…">.'),
    )

    class Meta:
        verbose_name = _("fixed attachment")
        verbose_name_plural = _("fixed attachments")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

    def open(self) -> Any:
        return default_storage.open(self.path)


def _check_addresses(name: str, text: str) -> None:
    """Raises AddressError."""
    if name != "from_address":
        parse_addresses(" ".join(text.split()))
    elif text.strip():
        parse_address(text)
