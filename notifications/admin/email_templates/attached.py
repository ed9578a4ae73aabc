"""Standard attachments on the forms of E-mail Notifications and layouts."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminTextInputWidget

from notifications.attachments.storage import StoredFile
from notifications.models import LayoutFile, TemplateFile
from notifications.models.layout import StandardFile

from . import copies, kept_files
from .file_view import is_shown


class FileForm(forms.ModelForm):  # type: ignore[type-arg]
    """A file is added or deleted, never changed. `kept` is the note of one that came before."""

    request: HttpRequest
    file = forms.FileField(label=_("File"), required=False, widget=UnfoldAdminFileFieldWidget)
    kept = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        fields = ("content_id",)
        labels = {"file": _("File")}  # the heading of a table whose rows nobody may change
        # The table's column heading belongs to no field, so the field names itself.
        widgets = {"content_id": UnfoldAdminTextInputWidget({"aria-label": _("Content-ID")})}

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        token = "" if self.is_bound else self.initial.get("kept", "")
        if stored := kept_files.kept(self.request, token) if token else None:
            self.instance.name, self.instance.size = stored.name, stored.size

    def has_changed(self) -> bool:
        return bool(super().has_changed() or self.data.get(self.add_prefix("kept")))

    def clean(self) -> Any:
        cleaned = super().clean() or self.cleaned_data
        content_id = cleaned.get("content_id", "")
        if upload := cleaned.get("file"):
            token = kept_files.keep(self.request, upload, content_id)
        else:
            token = cleaned.get("kept", "")
        stored = kept_files.kept(self.request, token) if token else None
        if stored and (stored := kept_files.stored_again(stored, content_id or stored.content_id)):
            self._take(stored, token)
        else:
            self.add_error("file", _("Choose a file."))
        return cleaned

    def _take(self, stored: StoredFile, token: str) -> None:
        for name in ("path", "name", "content_type", "size", "content_id"):
            setattr(self.instance, name, getattr(stored, name))
        # The form shows it if something else on the page is wrong.
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        data[self.add_prefix("kept")] = token
        data[self.add_prefix("content_id")] = stored.content_id
        self.data = data
        self.cleaned_data["content_id"] = stored.content_id


class FileInline(TabularInline):
    form = FileForm
    readonly_fields = ("shown_name", "shown_size")
    fields = ("file", "shown_name", "shown_size", "content_id", "kept")
    extra = 1
    verbose_name_plural = _("Standard attachments")

    def get_formset(self, request: HttpRequest, obj: Any = None, **options: Any) -> Any:
        formset = super().get_formset(request, obj, **options)
        formset.form.request = request
        return formset

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        may_add = self.has_add_permission(request, obj)
        return self.fields if may_add else self.fields[1:-1]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm("notifications.view_emailtemplate"))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may add the row itself may add it with its files."""
        needed = ["change"] if obj else ["change", "add"]
        return any(request.user.has_perm(f"notifications.{may}_emailtemplate") for may in needed)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_add_permission(request, obj)

    @display(description=_("Name"))
    def shown_name(self, file: StandardFile) -> str | SafeString:
        """The name as a link, with the image if it is one; of a kept file the name alone."""
        if not file.pk:
            return file.name
        url = reverse(self.file_url, args=[file.pk])
        image: str | SafeString = ""
        if is_shown(file):
            image = format_html('<img class="mc-thumbnail" src="{}" alt="">', url)
        return format_html('<a class="mc-link" href="{}">{}{}</a>', url, image, file.name)

    @display(description=_("Size"))
    def shown_size(self, file: StandardFile) -> str:
        return filesizeformat(file.size) if file.name else ""


class TemplateFileInline(FileInline):
    model = TemplateFile
    file_url = "admin:template_file"

    def get_extra(self, request: HttpRequest, obj: Any = None, **options: Any) -> int:
        copied = copies.files(request) if request.method == "GET" and not obj else []
        return self.extra + len(copied)


class LayoutFileInline(FileInline):
    model = LayoutFile
    file_url = "admin:layout_file"
