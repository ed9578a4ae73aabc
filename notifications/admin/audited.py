"""What is added, changed and deleted on the admin's pages, for the audit trail."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model
from django.forms import BaseForm
from django.http import HttpRequest
from django.utils import translation

from notifications.audit.actors import person
from notifications.audit.record import Target, record, record_each
from notifications.models.audit.act import Act


class Audited:
    """A ModelAdmin whose every change is told. Django hands to these methods what it writes into
    its own history, in the transaction of the change."""

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        self.tell(request, Act.ADDED, obj)
        return super().log_addition(request, obj, message)  # type: ignore[misc]

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        self.tell(request, Act.CHANGED, obj, fields=changed_fields(message))
        return super().log_change(request, obj, message)  # type: ignore[misc]

    def log_deletions(self, request: HttpRequest, queryset: Iterable[Model]) -> Any:
        targets = [Target.of(obj, self.told_name(obj)) for obj in queryset]
        record_each(Act.DELETED, person(request), targets)
        return super().log_deletions(request, queryset)  # type: ignore[misc]

    def tell(self, request: HttpRequest, act: Act, obj: Model, **details: Any) -> None:
        """Record one act; a page may know more of it."""
        details |= getattr(request, "audit_details", {})
        record(act, person(request), Target.of(obj, self.told_name(obj)), **details)

    def told_name(self, obj: Any) -> str:
        return str(obj)


def english_labels(form: BaseForm) -> list[str]:
    """Return the labels of the changed fields of a form that is no admin's."""
    with translation.override(None):
        return [str(form.fields[name].label or name) for name in form.changed_data]


def changed_fields(message: Any) -> list[str]:
    """Return the English labels of the fields that Django has found changed, and the names of rows
    below that were added or deleted."""
    found: list[str] = []
    for entry in message if isinstance(message, list) else []:
        for what, told in entry.items():
            name = told.get("object", "")
            if what == "changed" and not name:
                found += map(str, told.get("fields", []))
            else:
                found.append(f"{'-' if what == 'deleted' else '+'} {name}")
    return found
