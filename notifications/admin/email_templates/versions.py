"""The versions of an E-mail Notification or a layout: what each changed, and going back to one."""

import difflib
import json
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from simple_history.utils import update_change_reason

from notifications.audit import record as audit
from notifications.audit.actors import person
from notifications.audit.record import Target
from notifications.i18n import gettext_noop, storable
from notifications.models import EmailLayout
from notifications.models.audit.act import Act
from notifications.models.rows import row_number
from notifications.models.variants import TEXT_FIELDS

_MOST_SHOWN = 100  # versions of a list
_MOST_LINES = 4000  # of a text whose lines are compared
_NOT_COMPARED = frozenset(["id", "last_run_at"])
RESTORED = storable(gettext_noop("Restored from version %(number)s"))


class Versions:
    """The pages of a ModelAdmin whose model has a history."""

    model: Any
    opts: Any

    def version_url(self) -> Any:
        name = f"{self.opts.app_label}_{self.opts.model_name}_simple_history"
        view = self.admin_site.admin_view(self.version_view)  # type: ignore[attr-defined]
        return path("<path:object_id>/history/<path:version_id>/", view, name=name)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        row = self._row(request, object_id)
        records = list(_records(row)[: _MOST_SHOWN + 1])
        versions = [
            {"record": record, "changes": [label for label, *_texts in changes(before, record)]}
            for record, before in zip(records, [*records[1:], None], strict=False)
        ]
        return self._page(request, row, "template_versions.html", versions=versions[:_MOST_SHOWN])

    def version_view(self, request: HttpRequest, object_id: str, version_id: str) -> HttpResponse:
        """Show what a version changed, or what it differs in from today; POST restores it."""
        row = self._row(request, object_id)
        number = row_number(version_id)
        if number is None:
            raise Http404
        record = get_object_or_404(_records(row), history_id=number)
        if request.method == "POST":
            if not self.has_change_permission(request, row):  # type: ignore[attr-defined]
                raise PermissionDenied
            return self._restored(request, row, record)
        newest = _records(row).first()
        against_now = request.GET.get("against") == "now"
        before = _records(row).filter(history_id__lt=number).first()
        pair = (newest, record) if against_now else (before, record)
        return self._page(
            request,
            row,
            "template_version.html",
            record=record,
            differences=[(label, lines(*texts)) for label, *texts in changes(*pair)],
            against_now=against_now,
            is_newest=newest.history_id == number,
        )

    def _restored(self, request: HttpRequest, row: Model, record: Any) -> HttpResponse:
        address = reverse(f"admin:notifications_{self.opts.model_name}_change", args=[row.pk])
        for field in record.tracked_fields:
            if field.name not in _NOT_COMPARED:
                setattr(row, field.attname, getattr(record, field.attname))
        _drop_lost_layout(row)
        try:
            row.full_clean()
        except ValidationError as error:
            told = "; ".join(error.messages)
            messages.error(request, _("The version cannot be restored: %(why)s") % {"why": told})
            return redirect(request.path)
        with transaction.atomic():
            row.save()
            update_change_reason(row, RESTORED % {"number": record.history_id})
            on, number = Target.of(row), record.history_id
            audit.record(Act.RESTORED, person(request), on, version=number)
        messages.success(
            request, _("The version was restored. Standard attachments are unchanged.")
        )
        return redirect(address)

    def _row(self, request: HttpRequest, object_id: str) -> Any:
        number = row_number(object_id)
        if number is None:
            raise Http404
        row = get_object_or_404(self.model, pk=number)
        if not self.has_view_permission(request, row):  # type: ignore[attr-defined]
            raise PermissionDenied
        return row

    def _page(self, request: HttpRequest, row: Any, name: str, **more: Any) -> HttpResponse:
        context = {
            **admin.site.each_context(request),
            "title": _("Versions: %(name)s") % {"name": row},
            "row": row,
            "opts": self.opts,
            "back": reverse(f"admin:notifications_{self.opts.model_name}_change", args=[row.pk]),
            "history": reverse(
                f"admin:notifications_{self.opts.model_name}_history", args=[row.pk]
            ),
            "may_restore": self.has_change_permission(request, row),  # type: ignore[attr-defined]
            **more,
        }
        return render(request, f"notifications/{name}", context)


def _records(row: Any) -> Any:
    return row.history.select_related("history_user").order_by("-history_id")


def changes(before: Any, after: Any) -> list[tuple[str, str, str]]:
    """Return what differs: label, text before, text after."""
    old = _texts(before) if before else {}
    new = _texts(after)
    labels = dict.fromkeys([*new, *old])
    pairs = [(label, old.get(label, ""), new.get(label, "")) for label in labels]
    return [pair for pair in pairs if pair[1] != pair[2]]


def lines(before: str, after: str) -> list[tuple[str, str]]:
    """Return the lines of a difference, each with "+", "-" or " "."""
    old, new = before.splitlines(), after.splitlines()
    if max(len(old), len(new)) > _MOST_LINES:
        return [(" ", _("The text is too long to be compared line by line."))]
    found = difflib.unified_diff(old, new, n=2, lineterm="")
    kept = [line for line in found if not line.startswith(("---", "+++"))]
    return [(line[0], line[1:]) if line[0] in "+-" else (" ", _cut(line)) for line in kept]


def _cut(line: str) -> str:
    return "…" if line.startswith("@@") else line[1:]


def _texts(record: Any) -> dict[str, str]:
    """Return what a version says, by the labels of the form."""
    found: dict[str, str] = {}
    for field in record.tracked_fields:
        label, value = str(field.verbose_name), getattr(record, field.attname)
        if field.name in _NOT_COMPARED:
            continue
        if field.name == "languages":
            found |= _variants(record, value)
        elif field.name == "layout":
            found[label] = _layout_name(value)
        elif isinstance(value, bool):
            found[label] = _("Yes") if value else _("No")
        elif field.choices:
            found[label] = str(dict(field.flatchoices).get(value, value))
        elif isinstance(value, dict):
            found[label] = json.dumps(value, ensure_ascii=False, indent=2) if value else ""
        else:
            found[label] = str(value)
    return found


def _variants(record: Any, variants: dict[str, dict[str, str]]) -> dict[str, str]:
    labels = {
        field.name: field.verbose_name
        for field in record.tracked_fields
        if field.name in TEXT_FIELDS
    }
    return {
        f"{labels[name]} ({code})": variant.get(name, "")
        for code, variant in variants.items()
        for name in TEXT_FIELDS
    }


def _layout_name(number: int | None) -> str:
    if number is None:
        return ""
    row = EmailLayout.objects.filter(pk=number).first()
    return row.name if row else _("(deleted)")


def _drop_lost_layout(row: Any) -> None:
    number = getattr(row, "layout_id", None)
    if number and not EmailLayout.objects.filter(pk=number).exists():
        row.layout_id = None
