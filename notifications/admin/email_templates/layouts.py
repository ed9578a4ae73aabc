"""The list and the form of layouts. Whoever may change E-mail Notifications may change these."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin
from unfold.decorators import display

from notifications.admin.audited import Audited
from notifications.admin.base import RefusedForms, StrictLookups
from notifications.models import EmailLayout, EmailTemplate

from .attached import LayoutFileInline
from .draft import Draft, files_of_form
from .file_view import standard_file
from .form import textarea
from .live import only_editors
from .opened_version import OpenedVersion, VersionForm
from .pages import SCRIPTS
from .shown_message import Mark, marks_of, show
from .versions import Versions

_MAY = "notifications.{}_emailtemplate"


class LayoutForm(VersionForm):
    class Meta:
        model = EmailLayout
        fields = ("name", "html", "text")
        widgets = {name: textarea(name) for name in ("html", "text")}
        help_texts = {
            "html": gettext_lazy(
                "{{ content }} is the place of the message. {{ language }} is its language: "
                '{% if language == "de" %} … {% endif %}.'
            ),
            "text": gettext_lazy("Leave empty to generate it from the HTML body."),
        }


@admin.register(EmailLayout)
class LayoutAdmin(Versions, OpenedVersion, RefusedForms, Audited, StrictLookups, ModelAdmin):
    form = LayoutForm
    inlines = (LayoutFileInline,)
    warn_unsaved_form = True
    compressed_fields = True
    list_display = ("name", "shown_use")
    search_fields = ("name",)
    change_form_template = "notifications/layout_form.html"

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("unsaved/", view(preview_unsaved), name="layout_unsaved"),
            path("files/<int:pk>/", view(standard_file), {"of": "layout"}, name="layout_file"),
            self.version_url(),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("emailtemplate_set")

    @display(description=gettext_lazy("Used by"))
    def shown_use(self, layout: Any) -> str:
        return ", ".join(row.name for row in layout.emailtemplate_set.all())

    def render_change_form(
        self, request: HttpRequest, context: Any, *arguments: Any, **options: Any
    ) -> HttpResponse:
        obj = options.get("obj")
        context["is_layout"] = True
        may = self.has_change_permission(request) if obj else self.has_add_permission(request)
        if may:
            form = context["adminform"].form
            row = _of_form(request) if form.is_bound else obj or EmailLayout()
            files = files_of_form(request) if form.is_bound else _files(obj)
            context |= _panel(row, files) | {"editor_scripts": SCRIPTS}
        return super().render_change_form(request, context, *arguments, **options)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm(_MAY.format("view")))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm(_MAY.format("add")))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm(_MAY.format("change")))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm(_MAY.format("delete")))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)


@require_POST
@permission_required(_MAY.format("view"), raise_exception=True)
def preview_unsaved(request: HttpRequest) -> HttpResponse:
    only_editors(request)
    context = _panel(_of_form(request), files_of_form(request))
    shown = context["shown"]
    message = render_to_string("notifications/_template_message.html", context, request)
    marks = [mark.as_json() for mark in context["marks"]]
    text = shown.filled.text if shown.filled else ""
    return JsonResponse({"message": message, "html": shown.frame, "text": text, "marks": marks})


def _panel(layout: EmailLayout, files: list[Any]) -> dict[str, Any]:
    place = _("This is the place of the message.")  # makemessages reads no f-strings
    html = f"<p>{place}</p>"
    example = EmailTemplate(subject=_("Example"), html=html, layout=layout)
    marks: list[Mark] = marks_of({"html": layout.html, "text": layout.text})
    draft = Draft(example, files, {"": {}})
    return {"shown": show(draft), "draft": draft, "marks": marks}


def _of_form(request: HttpRequest) -> EmailLayout:
    post = request.POST
    return EmailLayout(html=post.get("html", ""), text=post.get("text", ""))


def _files(layout: EmailLayout | None) -> list[Any]:
    return list(layout.files.all()) if layout else []
