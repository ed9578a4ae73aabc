"""The form of an E-mail Notification, with fields for each of its languages."""

import json
from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf.locale import LANG_INFO
from django.forms.fields import InvalidJSONInput
from django.http import HttpRequest
from django.utils.text import format_lazy
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldBooleanSwitchWidget,
)

from notifications import languages
from notifications.models import EmailTemplate
from notifications.models.template import ADDRESS_FIELDS, OPTION_FIELDS
from notifications.models.variants import MOST_LANGUAGES, TEXT_FIELDS, variant_problems

from .opened_version import VersionForm

# Buttons of the form that save nothing: what was typed comes back.
NOT_SAVING = ("_add_language", "_preview")
_HELP = {
    "from_address": _(
        "Leave empty to use the system default. Used only if 'From' address delegation is on."
    ),
    "to": _(
        "Separate addresses by commas or semicolons. Put names that contain a comma in quotes."
    ),
    "subject": _("Placeholders such as {{ ticket.number }} work here, in addresses and in bodies."),
    "text": _("Leave empty to generate it from the HTML body."),
    "sample_context": _("Sample values (JSON) for the preview and as examples in Run action."),
    "sample_sets": _(
        'Further values for the preview, each under a name: {"No requester": {"ticket": {…}}}.'
    ),
    "language": _("The language of this subject and these bodies."),
    "layout": _("A header and a footer around the message."),
}
_ROWS = {"to": 1, "cc": 1, "bcc": 1, "subject": 2, "html": 14, "text": 6}
# What a text is written in decides about the editor; see template_code.js.
_CODE = {"html": "django", "sample_context": "json", "sample_sets": "json"}


def textarea(name: str) -> forms.Widget:
    attributes: dict[str, Any] = {"rows": _ROWS.get(name, 6), "spellcheck": "false"}
    if name in _CODE:
        attributes |= {"data-code": _CODE[name], "class": "mc-code-field"}
    return UnfoldAdminTextareaWidget(attributes)


def language_name(code: str) -> str:
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def language_choices(known: Iterable[str] = ()) -> list[tuple[str, str]]:
    codes = {code.lower() for code in LANG_INFO if languages.is_language(code.lower())}
    named = [(code, f"{language_name(code)} ({code})") for code in {*codes, *known} if code]
    return sorted(named, key=lambda choice: choice[1].casefold())


class SampleField(forms.JSONField):
    """A field for JSON. Python refuses numbers of thousands of digits and thousands of brackets
    with other errors than Django expects."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except forms.ValidationError as error:
            raise forms.ValidationError(_place(error), code="invalid") from error
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError(_("This is not JSON."), code="invalid") from error

    def prepare_value(self, value: Any) -> Any:
        """Write JSON in lines, as people read it."""
        if isinstance(value, InvalidJSONInput):
            return value
        return json.dumps(value, ensure_ascii=False, indent=2) if value else ""

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(super().has_changed(initial, data))
        except (ValueError, RecursionError):
            return True

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Return what was typed, even if it is no JSON."""
        return data if data is None else InvalidJSONInput(data)


class TemplateForm(VersionForm):
    codes: tuple[str, ...] = ()  # the languages that have fields

    class Meta:
        field_classes = {"sample_context": SampleField, "sample_sets": SampleField}
        model = EmailTemplate
        fields = (
            *(name for name in OPTION_FIELDS if name != "languages"),
            "layout", *ADDRESS_FIELDS, *TEXT_FIELDS,
        )  # fmt: skip
        help_texts = _HELP
        widgets = {name: textarea(name) for name in (*_ROWS, *_CODE)}

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if "language" in self.fields:
            known = [self.instance.language]
            choices = [("", _("Not stated")), *language_choices(known)]
            self.fields["language"].widget = UnfoldAdminSelectWidget(choices=choices)
        for code in self.codes:
            variant = self.instance.languages.get(code, {})
            for name in TEXT_FIELDS:
                self.fields[f"{name}_{code}"].initial = variant.get(name, "")

    @property
    def saves(self) -> bool:  # type: ignore[override]
        return not any(name in self.data for name in NOT_SAVING)

    def clean(self) -> Any:
        cleaned = super().clean() or self.cleaned_data
        if self.codes or "html" in self.fields:
            self.instance.languages = self._variants(cleaned)
        if not self.saves:
            self.add_error(None, forms.ValidationError("", code="not_saved"))
        return cleaned

    def non_field_errors(self) -> Any:
        return super().non_field_errors() if self.saves else self.error_class()

    def _variants(self, cleaned: dict[str, Any]) -> dict[str, dict[str, str]]:
        kept: dict[str, dict[str, str]] = {}
        for code in self.codes:
            texts = {name: cleaned.get(f"{name}_{code}", "") for name in TEXT_FIELDS}
            if cleaned.get(f"remove_{code}") or (not self.saves and not any(texts.values())):
                continue
            problems = variant_problems(texts)
            for name, problem in problems.items():
                self.add_error(f"{name}_{code}", problem)
            if not problems:
                kept[code] = texts
        return kept


def form_with(codes: Iterable[str]) -> type[TemplateForm]:
    """Return the form with fields for each of the languages."""
    fields: dict[str, Any] = {"codes": tuple(codes)}
    for code in fields["codes"]:
        for name in TEXT_FIELDS:
            label = EmailTemplate._meta.get_field(name).verbose_name  # type: ignore[union-attr]
            fields[f"{name}_{code}"] = forms.CharField(
                label=format_lazy("{} ({})", label, code), required=False, widget=textarea(name)
            )
        fields[f"remove_{code}"] = forms.BooleanField(
            label=_("Remove this language"), required=False, widget=UnfoldBooleanSwitchWidget
        )
    return type("TemplateForm", (TemplateForm,), fields)


def codes_of(request: HttpRequest, template: EmailTemplate | None) -> tuple[str, ...]:
    """Return the languages that the form has: those of the row, or those that were sent."""
    if request.method != "POST":
        return tuple(template.languages) if template else ()
    sent = request.POST.getlist("language_codes")
    if "_add_language" in request.POST:
        sent.append(request.POST.get("add_language", ""))
    codes = dict.fromkeys(languages.normal(code) for code in sent)
    return tuple(code for code in codes if languages.is_language(code))[:MOST_LANGUAGES]


def _place(error: forms.ValidationError) -> str:
    cause = error.__cause__ or error.__context__
    if not isinstance(cause, json.JSONDecodeError):
        return str(_("This is not JSON."))
    text = _("This is not JSON: %(problem)s. Line %(line)d, column %(column)d.")
    return text % {"problem": cause.msg, "line": cause.lineno, "column": cause.colno}
