"""The list and the form of E-mail Notifications. Run action, preview and versions have their own
pages."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _
from simple_history.utils import update_change_reason
from unfold.admin import ModelAdmin

from notifications.admin.audited import Audited
from notifications.admin.base import RefusedForms, StrictLookups
from notifications.models import EmailTemplate

from . import copies, draft, live
from .attached import TemplateFileInline
from .columns import Columns
from .file_view import standard_file
from .form import TemplateForm, codes_of, form_with, language_choices, language_name
from .opened_version import OpenedVersion
from .preview import preview, send_test
from .run import run_action
from .shown_message import warnings_of_braces
from .transfer import export_one, exported, import_templates
from .versions import Versions

_LONGEST_REASON = 100  # characters of the history's column
SCRIPTS = (
    "django_ace/ace/ace.js", "django_ace/ace/mode-django.js", "django_ace/ace/mode-json.js",
    "django_ace/ace/ext-language_tools.js", "notifications/template_completion.js",
    "notifications/template_code.js", "notifications/template_preview.js",
    "notifications/template_languages.js", "notifications/template_files.js",
)  # fmt: skip


@admin.register(EmailTemplate)
class TemplateAdmin(
    Columns, Versions, OpenedVersion, RefusedForms, Audited, StrictLookups, ModelAdmin
):
    form = TemplateForm
    inlines = (TemplateFileInline,)
    warn_unsaved_form = True
    compressed_fields = True
    list_filter = ("enabled",)
    search_fields = ("name", "subject", "to", "html")
    actions = ("export",)
    change_list_template = "notifications/templates.html"
    show_add_link = False  # the template has it
    change_form_template = "notifications/template_form.html"

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("import/", view(import_templates), name="template_import"),
            path("unsaved/", view(live.preview_unsaved), name="template_unsaved"),
            path("upload/", view(live.upload), name="template_upload"),
            path("try/", view(live.test_unsaved), name="template_try"),
            path("files/<int:pk>/", view(standard_file), {"of": "template"}, name="template_file"),
            path("<int:pk>/run/", view(run_action), name="template_run"),
            path("<int:pk>/preview/", view(preview), name="template_preview"),
            path("<int:pk>/send-test/", view(send_test), name="template_test"),
            path("<int:pk>/export/", view(export_one), name="template_export"),
            self.version_url(),
            *super().get_urls(),
        ]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any
    ) -> Any:
        codes = self._codes(request, obj)
        return super().get_form(request, obj, change, **options, form=form_with(codes))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The languages stand in tabs, the template's own texts in the first."""
        languages = [
            (language_name(code), {"fields": fields, "classes": ["tab"]})
            for code in self._codes(request, obj)
            for fields in [tuple(f"{n}_{code}" for n in ("subject", "html", "text", "remove"))]
        ]
        message = {"fields": ("subject", "html", "text")}
        if languages:
            message["classes"] = ["tab"]  # type: ignore[assignment]
        samples = ("sample_context", "sample_sets")
        if not self._may_edit(request, obj):
            samples = ("languages", *samples)  # type: ignore[assignment]
        return (
            (None, {"fields": ("name", "enabled", "language", "layout")}),
            (_("Addresses"), {"fields": ("from_address", "to", "cc", "bcc")}),
            (_("Message"), message),
            *languages,
            (_("Samples"), {"fields": samples}),
            (
                _("Rules"),
                {"fields": ("missing_values", "skip_initiator", "refuse_without_recipients")},
            ),
        )

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return super().get_changeform_initial_data(request) | copies.initial(request)

    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> Any:
        options = super().get_formset_kwargs(request, obj, inline, prefix)
        if request.method == "GET" and not obj.pk and (rows := copies.files(request)):
            options["initial"] = rows
        return options

    def render_change_form(
        self, request: HttpRequest, context: Any, *arguments: Any, **options: Any
    ) -> HttpResponse:
        obj = options.get("obj")
        form = context["adminform"].form
        context["original_number"] = str(obj.pk) if obj else ""
        if self._may_edit(request, obj):
            typed = draft.of_form(request) if form.is_bound else None
            saved = obj or copies.source(request) or EmailTemplate()
            context |= live.panel(request, typed or draft.of_row(saved))
            context |= {
                "editor_scripts": SCRIPTS,
                "codes": form.codes,
                "language_choices": language_choices(),
                "form_id": "emailtemplate_form",
            }
            if form.is_bound and not form.saves:
                context |= _not_saved(request, form, context["errors"])
        return super().render_change_form(request, context, *arguments, **options)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save the attachments, tell the history which came and went, and warn of what is sent
        otherwise than it looks."""
        super().save_related(request, form, formsets, change)
        names = [f"+ {file.name}" for files in formsets for file in files.new_objects]
        names += [f"- {file.name}" for files in formsets for file in files.deleted_objects]
        if names:
            update_change_reason(form.instance, ", ".join(names)[:_LONGEST_REASON])
        for warning in warnings_of_braces(form.instance):
            messages.warning(request, warning)

    def _codes(self, request: HttpRequest, obj: Any) -> tuple[str, ...]:
        if not self._may_edit(request, obj):
            return ()
        return codes_of(request, obj or copies.source(request))

    def _may_edit(self, request: HttpRequest, obj: Any) -> bool:
        return bool(
            self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        )

    @admin.action(description=_("Export as JSON"), permissions=["view"])
    def export(self, request: HttpRequest, rows: Any) -> HttpResponse | None:
        return exported(request, rows)


def _not_saved(request: HttpRequest, form: TemplateForm, errors: Any) -> dict[str, Any]:
    """Return what the page says after a button that saves nothing."""
    added = "_add_language" in request.POST
    note = _("The language was added below. Enter its texts, then save.") if added else None
    return {
        "notes": [note or _("This is a preview of what you entered. It is not saved yet.")],
        "errors": None if set(form.errors) <= {"__all__"} else errors,
    }
