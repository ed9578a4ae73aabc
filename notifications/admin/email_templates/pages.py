"""The list and the form of E-mail Notifications. Run action and preview have their own pages."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.forms.fields import InvalidJSONInput
from django.http import Http404, HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.urls import path
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin
from simple_history.utils import update_change_reason
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from notifications.admin.base import StrictLookups
from notifications.attachments import storage
from notifications.models import EmailTemplate, TemplateFile
from notifications.models.rows import row_number
from notifications.models.template import ADDRESS_FIELDS, OPTION_FIELDS
from notifications.models.variants import TEXT_FIELDS
from notifications.templatetags.notifications import one_line

from .preview import preview, send_test
from .run import run_action
from .transfer import export_one, exported, import_templates

_HELP = {
    "from_address": _("Empty: “System defaults”. It counts only with 'From' address delegation."),
    "to": _("Separated by commas or semicolons. A name with a comma stands in quotes."),
    "subject": _("Placeholders such as {{ ticket.number }} work here, in addresses and in bodies."),
    "text": _("Empty: made from the HTML body."),
    "sample_context": _("JSON: values for the preview, and examples on the page Run action."),
}
_ROWS = {"to": 1, "cc": 1, "bcc": 1, "subject": 1, "html": 14, "text": 6, "sample_context": 6}


class SampleField(forms.JSONField):
    """A field for JSON. Python refuses numbers of thousands of digits and thousands of brackets
    with other errors than Django expects."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError(_("Enter a valid JSON."), code="invalid") from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(super().has_changed(initial, data))
        except (ValueError, RecursionError):
            return True

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Return what was typed, even if it is no JSON."""
        try:
            return super().bound_data(data, initial)
        except (ValueError, RecursionError):
            return InvalidJSONInput(data)


_LONGEST_REASON = 100  # characters of the history's column


class TemplateForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        field_classes = {"sample_context": SampleField}
        model = EmailTemplate
        fields = (*OPTION_FIELDS, *ADDRESS_FIELDS, *TEXT_FIELDS)
        help_texts = _HELP
        widgets = {
            name: UnfoldAdminTextareaWidget({"rows": rows, "spellcheck": "false"})
            for name, rows in _ROWS.items()
        }


class FileForm(forms.ModelForm):  # type: ignore[type-arg]
    """A file is added or deleted, never changed."""

    file = forms.FileField(label=_("File"), widget=UnfoldAdminFileFieldWidget)

    class Meta:
        model = TemplateFile
        fields = ("content_id",)
        labels = {"file": _("File")}  # the column's heading
        # The table's column heading belongs to no field, so the field names itself.
        widgets = {
            "content_id": UnfoldAdminTextInputWidget({"aria-label": _("Content-ID")}),
        }

    def save(self, commit: bool = True) -> Any:
        upload = self.cleaned_data["file"]
        stored = storage.store(
            upload.name, upload, upload.content_type, self.cleaned_data["content_id"]
        )
        for name in ("path", "name", "content_type", "size", "content_id"):
            setattr(self.instance, name, getattr(stored, name))
        return super().save(commit)


class FileInline(TabularInline):
    model = TemplateFile
    form = FileForm
    fields = ("file", "name", "shown_size", "content_id")
    readonly_fields = ("name", "shown_size")
    extra = 1
    verbose_name_plural = _("Fixed attachments")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        may_add = self.has_add_permission(request, obj)
        return self.fields if may_add else self.fields[1:]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm("notifications.view_emailtemplate"))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm("notifications.change_emailtemplate"))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm("notifications.change_emailtemplate"))

    @display(description=_("Size"))
    def shown_size(self, file: TemplateFile) -> str:
        return filesizeformat(file.size) if file.pk else ""


@admin.register(EmailTemplate)
class TemplateAdmin(StrictLookups, SimpleHistoryAdmin, ModelAdmin):
    form = TemplateForm
    inlines = (FileInline,)
    list_display = ("name", "shown_enabled", "shown_from", "shown_to", "shown_subject")
    list_filter = ("enabled",)
    search_fields = ("name", "subject", "to", "html")
    actions = ("export",)
    change_list_template = "notifications/templates.html"
    change_form_template = "notifications/template_form.html"
    fieldsets = (
        (None, {"fields": ("name", "enabled")}),
        (_("Addresses"), {"fields": ("from_address", "to", "cc", "bcc")}),
        (_("Message"), {"fields": ("subject", "html", "text", "sample_context")}),
        (
            _("Rules"),
            {"fields": ("missing_values", "skip_initiator", "refuse_without_recipients")},
        ),
    )

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("import/", view(import_templates), name="template_import"),
            path("<int:pk>/run/", view(run_action), name="template_run"),
            path("<int:pk>/preview/", view(preview), name="template_preview"),
            path("<int:pk>/send-test/", view(send_test), name="template_test"),
            path("<int:pk>/export/", view(export_one), name="template_export"),
            *super().get_urls(),
        ]

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if row_number(object_id) is None:
            raise Http404
        return super().history_view(request, object_id, extra_context)

    def history_form_view(
        self,
        request: HttpRequest,
        object_id: str,
        version_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Forbid going back to an earlier version, which the library lets every viewer do."""
        if request.method == "POST" and not self.has_change_permission(request):
            raise PermissionDenied
        if row_number(object_id) is None or row_number(version_id) is None:
            raise Http404
        return super().history_form_view(request, object_id, version_id, extra_context)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save the attachments, and tell the history which fixed ones came and went."""
        super().save_related(request, form, formsets, change)
        names = [f"+ {file.name}" for files in formsets for file in files.new_objects]
        names += [f"- {file.name}" for files in formsets for file in files.deleted_objects]
        if names:
            update_change_reason(form.instance, ", ".join(names)[:_LONGEST_REASON])

    @admin.action(description=_("Export as JSON"), permissions=["view"])
    def export(self, request: HttpRequest, rows: Any) -> HttpResponse:
        return exported(rows)

    @display(description=_("Enabled"), boolean=True, ordering="enabled")
    def shown_enabled(self, template: EmailTemplate) -> bool:
        return template.enabled

    @display(description=_("From"), ordering="from_address")
    def shown_from(self, template: EmailTemplate) -> str:
        return one_line(template.from_address or _("System defaults"))

    @display(description=_("To"), ordering="to")
    def shown_to(self, template: EmailTemplate) -> str:
        return one_line(template.to)

    @display(description=_("Subject"), ordering="subject")
    def shown_subject(self, template: EmailTemplate) -> str:
        return one_line(template.subject)
