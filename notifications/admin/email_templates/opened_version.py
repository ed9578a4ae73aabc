"""The version that a form was opened with: a Save that would undo somebody else's is refused once.

The page carries the number of the row's newest version. The answer to a refused Save carries the
number of the version that it tells of, so that the next Save is made knowing of it.
"""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from notifications import moments
from notifications.models.rows import row_number

OPENED = "opened_version"


class VersionForm(forms.ModelForm):  # type: ignore[type-arg]
    saves = True
    saved_meanwhile: Any = None  # the version that somebody saved after the form was opened

    def clean(self) -> Any:
        cleaned = super().clean()
        opened = row_number(self.data.get(OPENED, ""))
        if self.saves and self.instance.pk and opened is not None:
            self.saved_meanwhile = _saved_since(opened, self.instance)
        if self.saved_meanwhile:
            self.add_error(None, _told(self.saved_meanwhile, self.instance))
        return cleaned

    @property
    def next_opened(self) -> int | None:
        """The version that the answer to this form is made with; None if that is not known."""
        if self.saved_meanwhile:
            return int(self.saved_meanwhile.history_id)
        return row_number(self.data.get(OPENED, ""))


class OpenedVersion:
    """A ModelAdmin whose page carries the version."""

    model: Any

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        """The number is read before the row: a Save between them is told of rather than lost."""
        number = row_number(object_id or "")
        newest = _newest(self.model, number) if number else None
        extra = {**(extra_context or {}), OPENED: newest.history_id if newest else None}
        response: HttpResponse = super().changeform_view(request, object_id, form_url, extra)  # type: ignore[misc]
        return response

    def render_change_form(
        self, request: HttpRequest, context: Any, *arguments: Any, **options: Any
    ) -> HttpResponse:
        form = context["adminform"].form
        if form.is_bound and options.get("obj"):
            context[OPENED] = form.next_opened or context[OPENED]
        response: HttpResponse = super().render_change_form(request, context, *arguments, **options)  # type: ignore[misc]
        return response


def _newest(model: Any, number: int) -> Any:
    versions = model.history.filter(id=number).select_related("history_user")
    return versions.order_by("-history_id").first()


def _saved_since(opened: int, row: Any) -> Any:
    # Of two people who save at once, the second waits here and is told.
    type(row).objects.select_for_update().filter(pk=row.pk).values_list("pk").first()
    newest = _newest(type(row), row.pk)
    return newest if newest and newest.history_id != opened else None


def _told(version: Any, row: Any) -> SafeString:
    text = _(
        "%(who)s saved this at %(time)s, after you opened this page. What you typed is still here: "
        "compare, then click Save again to put it in place of theirs."
    ) % {
        "who": version.history_user or _("Somebody else"),
        "time": moments.short(version.history_date),
    }
    url = reverse(f"admin:notifications_{row._meta.model_name}_history", args=[row.pk])
    return format_html('{} <a class="mc-link" href="{}">{}</a>', text, url, _("History"))
