"""One event of the audit trail. It is written once; nothing changes or deletes it but the purge of
what is older than its days to keep."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NoReturn

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .act import Act, ActorKind


class AppendOnly(TypeError):  # noqa: N818 - the name of the rule
    """Somebody has tried to change what happened."""

    def __init__(self, *_arguments: Any, **_options: Any) -> None:
        super().__init__("Events of the audit trail are never changed or deleted.")


class AuditQuerySet(models.QuerySet["AuditEvent"]):
    """Rows are added and read. The methods that Django has for all else refuse."""

    def concerns(self, number: int) -> Q:
        """The condition that an event concerns a message: its one object, or one of many."""
        alone = Q(object_type=AuditEvent.MESSAGE, object_number=number)
        among = Q(
            first_message__lte=number, last_message__gte=number, messages__contains=f" {number} "
        )
        return alone | among

    def purge(self, *, before: datetime) -> int:
        """Delete what is older; its caller tells so in an event of its own."""
        deleted, _by_model = models.QuerySet.delete(self.filter(at__lt=before))
        return deleted

    def delete(self) -> NoReturn:
        raise AppendOnly

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]

    def update(self, **_values: Any) -> NoReturn:
        raise AppendOnly

    update.alters_data = True  # type: ignore[attr-defined]

    def _update(self, *_arguments: Any, **_options: Any) -> NoReturn:
        """Refuse what loading a fixture over a row would do."""
        raise AppendOnly

    def bulk_update(self, *_arguments: Any, **_options: Any) -> NoReturn:
        raise AppendOnly

    def update_or_create(self, *_arguments: Any, **_options: Any) -> NoReturn:
        raise AppendOnly

    def bulk_create(self, objs: Iterable["AuditEvent"], **options: Any) -> list["AuditEvent"]:  # type: ignore[override]
        if options.get("update_conflicts"):
            raise AppendOnly
        return super().bulk_create(objs, **options)


class AuditEvent(models.Model):
    """`who` is a name that stays when its owner is gone; `object_type` is a model's label.
    `messages` are the numbers of several notifications, each between two spaces."""

    MESSAGE = "notifications.notification"

    at = models.DateTimeField()
    act = models.CharField(max_length=30)
    by = models.CharField(max_length=10, choices=ActorKind.choices)
    who = models.CharField(max_length=150, blank=True)
    who_number = models.BigIntegerField(null=True)
    address = models.CharField(max_length=45, blank=True)
    object_type = models.CharField(max_length=80, blank=True)
    object_number = models.BigIntegerField(null=True)
    object_name = models.CharField(max_length=200, blank=True)
    messages = models.TextField(blank=True)
    first_message = models.BigIntegerField(null=True)
    last_message = models.BigIntegerField(null=True)
    details = models.JSONField(default=dict, blank=True)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("Audit trail")
        base_manager_name = "objects"
        default_permissions = ("view",)
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["-at", "-id"], name="audit_newest"),
            models.Index(fields=["act", "-at", "-id"], name="audit_act"),
            models.Index(fields=["who", "-at", "-id"], name="audit_who"),
            models.Index(fields=["address", "-at", "-id"], name="audit_address"),
            models.Index(fields=["object_type", "-at", "-id"], name="audit_object_type"),
            models.Index(fields=["object_name"], name="audit_object_name"),
            models.Index(
                fields=["object_number"],
                name="audit_object",
                condition=Q(object_number__isnull=False),
            ),
            models.Index(
                fields=["last_message", "first_message"],
                name="audit_messages",
                condition=Q(last_message__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.who or self.get_by_display()}: {self.label}"

    def save(self, **options: Any) -> None:
        if not self._state.adding:
            raise AppendOnly
        super().save(**options | {"force_insert": True})

    def delete(self, *_arguments: Any, **_options: Any) -> NoReturn:
        raise AppendOnly

    @property
    def label(self) -> str:
        """What was done, in words; an act of a version that is not this one by its name."""
        return str(Act(self.act).label) if self.act in Act.values else self.act
