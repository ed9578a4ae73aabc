"""A layout: the header and the footer that E-mail Notifications share."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from notifications.i18n import translated
from notifications.placeholders import texts
from notifications.placeholders.texts import PlaceholderError

CONTENT, LANGUAGE = "content", "language"  # what a layout sees besides the values
LAYOUT_TEXTS = ("html", "text")


class EmailLayout(models.Model):
    """`{{ content }}` is the place of the message; the rest is in the language of placeholders."""

    name = models.CharField(_("Name"), max_length=100, unique=True)
    html = models.TextField(_("HTML body"))
    text = models.TextField(_("Text alternative"), blank=True)

    history = HistoricalRecords(verbose_name=_("change of a layout"))

    class Meta:
        verbose_name = _("layout")
        verbose_name_plural = _("layouts")
        ordering = ["name"]
        # Layouts are a part of E-mail Notifications: who may change those may change these.
        default_permissions = ()

    def __str__(self) -> str:
        return self.name

    def sources(self) -> list[str]:
        return [str(getattr(self, name)) for name in LAYOUT_TEXTS]

    def clean(self) -> None:
        errors = {name: problem for name in LAYOUT_TEXTS if (problem := self._problem(name))}
        if errors:
            raise ValidationError(errors)

    def _problem(self, name: str) -> str:
        source: str = getattr(self, name)
        if problem := problem_of(source):
            return problem
        if source and CONTENT not in texts.names_of(source):
            return gettext("Write {{ content }} where the message is to be.")
        return ""


class StandardFile(models.Model):
    """A file that goes with each message; kept in the same storage as those of notifications."""

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
        abstract = True

    def __str__(self) -> str:
        return self.name

    def open(self) -> Any:
        return default_storage.open(self.path)


class LayoutFile(StandardFile):
    layout = models.ForeignKey(EmailLayout, on_delete=models.CASCADE, related_name="files")

    class Meta:
        verbose_name = _("standard attachment")
        verbose_name_plural = _("standard attachments")
        ordering = ["pk"]
        default_permissions = ()


def problem_of(source: str) -> str:
    """Say what is wrong with a text with placeholders, "" if nothing is."""
    try:
        texts.check(source)
    except PlaceholderError as error:
        return translated(error, gettext)
    return ""
