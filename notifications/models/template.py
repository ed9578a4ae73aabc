"""An E-mail Notification: a named template that a workflow action makes notifications from."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from notifications import languages
from notifications.i18n import translated
from notifications.message.addresses import AddressError, parse_address, parse_addresses
from notifications.placeholders import texts
from notifications.placeholders.context import plain_data
from notifications.placeholders.texts import PlaceholderError

from .layout import CONTENT, LANGUAGE, EmailLayout, StandardFile, problem_of
from .variants import TEXT_FIELDS, checked_variants, in_language, not_a_language

ADDRESS_FIELDS = ("from_address", "to", "cc", "bcc")
# The rest of what an export carries.
OPTION_FIELDS = (
    "name", "enabled", "missing_values", "skip_initiator", "refuse_without_recipients",
    "sample_context", "sample_sets", "language", "languages",
)  # fmt: skip
MOST_SETS = 20
_PLACEHOLDER_SIGNS = ("{{", "{%", "{#")


class MissingValues(models.TextChoices):
    EMPTY = "empty", _("Leave blank")
    REFUSE = "refuse", _("Reject the notification")


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
        _("Reject runs without recipients"), default=True
    )
    layout = models.ForeignKey(
        EmailLayout, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("Layout")
    )
    sample_context = models.JSONField(_("Sample context"), default=dict, blank=True)
    # More contexts to look at, each under its name.
    sample_sets = models.JSONField(_("More sample sets"), default=dict, blank=True)
    # The language of the texts above, and the texts in other languages: {"de": {"subject": …}}.
    language = models.CharField(_("Language"), max_length=languages.LONGEST, blank=True)
    languages = models.JSONField(_("Languages"), default=dict, blank=True)
    last_run_at = models.DateTimeField(_("Last run"), null=True, editable=False)

    history = HistoricalRecords(
        verbose_name=_("change of an E-mail Notification"), excluded_fields=["last_run_at"]
    )

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
        for name in ("language", "sample_context", "sample_sets", "languages"):
            try:
                setattr(self, name, _CHECKED[name](getattr(self, name)))
            except PlaceholderError as error:
                errors[name] = translated(error, gettext)
            except ValidationError as error:
                errors[name] = error.messages
        if not self.html and not self.text:
            errors.setdefault("html", _("Enter an HTML body or a text."))
        if errors:
            raise ValidationError(errors)

    def texts_in(self, language: str) -> dict[str, str]:
        """Return the texts in the language that suits best: a variant, else the texts above."""
        own = {name: str(getattr(self, name)) for name in TEXT_FIELDS}
        found = self.suiting(language)
        return in_language(own, self.languages[found]) if found in self.languages else own

    def suiting(self, language: str) -> str:
        """Return the language of the texts that somebody gets who asks for this one."""
        return languages.best(language, [self.language, *self.languages]) or self.language

    def sources(self, language: str = "") -> list[str]:
        """Return all texts of a message in a language but those of the layout."""
        addresses = [str(getattr(self, name)) for name in ADDRESS_FIELDS]
        return [*addresses, *self.texts_in(language).values()]

    def fields(self) -> list[texts.Field]:
        """The values that it asks for in any of its languages. Of a text that is not valid any
        more it is not known: the others are shown all the same, and a run says what is wrong."""
        sources = dict.fromkeys(
            text for code in ("", *self.languages) for text in self.sources(code)
        )
        try:
            found = texts.fields_of(sources)
            around = texts.fields_of(self.layout.sources()) if self.layout else []
        except PlaceholderError:
            return []
        known = {CONTENT, LANGUAGE, *(field.path for field in found)}
        return [*found, *(field for field in around if field.path not in known)]

    def _problem(self, name: str) -> str:
        source: str = getattr(self, name)
        if problem := problem_of(source):
            return problem
        try:
            if name in ADDRESS_FIELDS and not any(s in source for s in _PLACEHOLDER_SIGNS):
                _check_addresses(name, source)
        except AddressError as error:
            return translated(error, gettext)
        return ""


class TemplateFile(StandardFile):
    template = models.ForeignKey(EmailTemplate, on_delete=models.CASCADE, related_name="files")

    class Meta:
        verbose_name = _("standard attachment")
        verbose_name_plural = _("standard attachments")
        ordering = ["pk"]


def _checked_language(code: str) -> str:
    normal = languages.normal(code)
    if normal and not languages.is_language(normal):
        raise ValidationError(not_a_language(normal))
    return normal


def _checked_sets(value: Any) -> dict[str, Any]:
    sets = plain_data(value or {})
    if len(sets) > MOST_SETS or not all(isinstance(each, dict) for each in sets.values()):
        text = gettext("Write an object with up to %(most)d names, each with an object.")
        raise ValidationError(text % {"most": MOST_SETS})
    return sets


_CHECKED: dict[str, Callable[[Any], Any]] = {
    "language": _checked_language,
    "sample_context": lambda value: plain_data(value or {}),
    "sample_sets": _checked_sets,
    "languages": lambda value: checked_variants(plain_data(value or {})),
}


def _check_addresses(name: str, text: str) -> None:
    """Raises AddressError."""
    if name != "from_address":
        parse_addresses(" ".join(text.split()))
    elif text.strip():
        parse_address(text)
