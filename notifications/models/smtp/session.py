"""Sessions of SMTP clients: commands and answers, to find out what a device does wrong."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .client import SmtpClient

# Of each client so many are kept.
KEPT = 50


class SmtpSessionQuerySet(models.QuerySet["SmtpSession"]):
    def keep_last(self, client: int) -> None:
        kept = self.filter(client=client).order_by("-pk").values_list("pk", flat=True)[KEPT:][:1]
        for pk in kept:
            self.filter(client=client, pk__lte=pk).delete()


class SmtpSession(models.Model):
    """`lines` are lists of seconds since the beginning, `C` or `S`, and the text. They hold neither
    passwords nor content."""

    client = models.ForeignKey(SmtpClient, on_delete=models.CASCADE)
    at = models.DateTimeField(_("Time"))
    peer = models.GenericIPAddressField(_("Address"), null=True)
    encryption = models.CharField(_("Encryption"), max_length=20, blank=True)
    lines = models.JSONField(default=list)
    queued = models.PositiveIntegerField(_("Queued"), default=0)  # messages

    objects = SmtpSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("SMTP session")
        verbose_name_plural = _("SMTP sessions")
        ordering = ["-pk"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.pk}"
