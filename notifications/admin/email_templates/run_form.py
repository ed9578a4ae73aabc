"""The fields of Run action, made from the placeholders of a template."""

import json
from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from notifications.models import EmailTemplate
from notifications.placeholders.texts import Field

_LONGEST_EXAMPLE = 200  # characters
_LONG = 80  # characters; a longer sample gets several lines


class RunActionForm(forms.Form):
    """A form with a field for each value; an empty field is a missing value of the context."""

    def __init__(
        self, template: EmailTemplate, data: Any = None, *, needed: Collection[str] = ()
    ) -> None:
        super().__init__(data, prefix="value")
        self.needed = sorted(needed)
        fields, sample = template.fields(), template.sample_context
        self._samples = {field.path: _sample(sample, field.path) for field in fields}
        self._lists = {field.path for field in fields if field.is_list}
        for field in fields:
            self.fields[field.path] = _form_field(
                field, self._samples[field.path], is_needed=field.path in needed
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for path, text in list(data.items()):
            try:
                data[path] = _value(text, self._samples[path], is_list=path in self._lists)
            except (ValueError, RecursionError):
                self.add_error(
                    path,
                    gettext("This is not JSON. It looks like this: %(sample)s")
                    % {"sample": _json(self._samples[path])},
                )
        return data

    def context(self) -> dict[str, Any]:
        """Return the template's context: `ticket.number` becomes {"ticket": {"number": …}}."""
        context: dict[str, Any] = {}
        for path, value in self.cleaned_data.items():
            if value == "":
                continue
            *outer, last = path.split(".")
            place = context
            for name in outer:
                place = place.setdefault(name, {})
            place[last] = value
        return context


def _form_field(field: Field, sample: Any, *, is_needed: bool) -> forms.Field:
    is_text = isinstance(sample, str)
    shown = sample if is_text else "" if sample is None else _json(sample)
    is_long = field.is_list or isinstance(sample, dict | list) or len(shown) > _LONG
    widget = UnfoldAdminTextareaWidget if is_long or "\n" in shown else UnfoldAdminTextInputWidget
    attributes: dict[str, Any] = {"autocomplete": "off"}
    if is_needed:
        attributes["aria-required"] = "true"
    if widget is UnfoldAdminTextareaWidget:
        attributes["rows"] = 3
    return forms.CharField(
        label=f"{field.path} *" if is_needed else field.path,
        required=False,
        strip=False,
        widget=widget(attributes),
        help_text=_help(shown, is_list=field.is_list),
    )


def _help(example: str, *, is_list: bool) -> SafeString:
    told = gettext("One on each line, or a list in JSON.") if is_list else ""
    if not example:
        return format_html("{}", told)
    if len(example) > _LONGEST_EXAMPLE:
        example = f"{example[:_LONGEST_EXAMPLE]}…"
    return format_html("{} {} <code>{}</code>", told, gettext("Example:"), example)


def _value(text: str, sample: Any, *, is_list: bool) -> Any:
    """Read what was typed as the kind of value that the sample is. Raises ValueError."""
    if text.strip() == "":
        return ""
    if isinstance(sample, dict) or (
        text.lstrip().startswith(("[", "{")) and (is_list or isinstance(sample, list))
    ):
        return json.loads(text)
    if is_list or isinstance(sample, list):
        return [line.strip() for line in text.splitlines() if line.strip()]
    if isinstance(sample, bool | int | float):
        return _number_or_text(text)
    return text


def _number_or_text(text: str) -> Any:
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, bool | int | float) else text


def _sample(context: Any, path: str) -> Any:
    for name in path.split("."):
        context = context.get(name) if isinstance(context, dict) else None
    return context


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
