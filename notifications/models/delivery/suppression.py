"""The suppression list: addresses that nothing is sent to."""

from collections.abc import Iterable
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SuppressionQuerySet(models.QuerySet["Suppression"]):
    def in_force(self, *, now: datetime) -> "SuppressionQuerySet":
        return self.filter(Q(until=None) | Q(until__gt=now))

    def ended(self, *, now: datetime) -> "SuppressionQuerySet":
        """Those that have left the list, and are not deleted yet."""
        return self.filter(until__lte=now)

    def make_room(self, addresses: Iterable[str], *, now: datetime) -> None:
        """Delete those of the addresses that have left the list, so that they can be added
        again."""
        self.ended(now=now).filter(address__in=addresses).delete()

    def of(self, addresses: Iterable[str], *, now: datetime) -> set[str]:
        """Return those of the bare addresses, in lower case, that are on the list now."""
        wanted = {address.lower() for address in addresses}
        if not wanted:
            return set()
        rows = self.in_force(now=now).filter(address__in=wanted)
        return set(rows.values_list("address", flat=True))


class Suppression(models.Model):
    """`address` is bare and in lower case; `until` is null for one that a person added without an
    end; `added_by` is "" for one that the connector added itself."""

    address = models.CharField(_("Address"), max_length=320)
    since = models.DateTimeField(_("Since"), default=timezone.now)
    until = models.DateTimeField(_("Until"), null=True)
    bounces = models.PositiveIntegerField(_("Bounces"), default=0)
    added_by = models.CharField(_("Added by"), max_length=150, blank=True)

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        verbose_name = _("suppressed address")
        verbose_name_plural = _("Suppression list")
        default_permissions = ("view", "add", "delete")
        ordering = ["-since", "-pk"]
        constraints = [models.UniqueConstraint(fields=["address"], name="suppression_once")]

    def __str__(self) -> str:
        return self.address
