"""A file of a notification, stored once for each content."""

from typing import BinaryIO, cast

from django.core.files.storage import default_storage
from django.db import models
from django.utils.translation import gettext_lazy as _

from notifications.message.message import File


class Attachment(models.Model):
    """`path` is the name in Django's storage, made of the content's SHA-256."""

    notification = models.ForeignKey(
        "Notification", on_delete=models.CASCADE, related_name="attachments"
    )
    path = models.CharField(max_length=100, db_index=True)
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    content_id = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("attachment")

    def __str__(self) -> str:
        return self.name

    def as_file(self) -> File:
        return File(self.name, self.content_type, self.size, self.open, self.content_id)

    def open(self) -> BinaryIO:
        """A new stream on the stored file; the caller closes it."""
        return cast(BinaryIO, default_storage.open(self.path))
