"""The message that a draft makes, as a page shows it: its parts, and what is wrong with it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from notifications.email_templates.checks import warnings_of
from notifications.email_templates.filling import Filled, empty_places, fill_in
from notifications.errors import InvalidNotification
from notifications.i18n import translated
from notifications.message.inline import with_shown_images
from notifications.message.message import File
from notifications.models import EmailTemplate
from notifications.models.layout import StandardFile
from notifications.models.template import ADDRESS_FIELDS
from notifications.models.variants import TEXT_FIELDS
from notifications.placeholders import addresses, texts
from notifications.placeholders.mistakes import Mistake
from notifications.placeholders.texts import PlaceholderError
from notifications.templatetags.notifications import inert

from .draft import Draft, texts_of

_MOST_PATHS = 200
_LONGEST_SAMPLE = 60  # characters


@dataclass(frozen=True, slots=True)
class Mark:
    """A mistake in a field of the form; a warning saves all the same."""

    field: str
    text: str
    line: int
    column: int
    is_error: bool

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """`frame` is the HTML for a sandboxed frame; without `filled` there is an `error`."""

    filled: Filled | None
    error: str
    frame: str
    addresses: dict[str, str]
    warnings: list[str]
    marks: list[Mark]
    files: list[StandardFile]


def show(draft: Draft) -> ShownMessage:
    marks = marks_of(draft.texts)
    files = list(draft.files)
    warnings = [_where(mark) for mark in marks if not mark.is_error]
    try:
        filled = fill_in(draft.template, draft.context, draft.language)
        empty = empty_places(draft.template, draft.context, draft.language)
    except InvalidNotification as error:
        return ShownMessage(None, translated(error, _), "", {}, warnings, marks, files)
    if empty:
        text = _("No value for: %(names)s. These places stay blank.")
        warnings.append(text % {"names": ", ".join(empty)})
    warnings += [translated(each, _) for each in warnings_of(filled, files)]
    return ShownMessage(
        filled=filled,
        error="",
        frame=framed(filled.html, files),
        addresses=unguarded(filled),
        warnings=warnings,
        marks=marks,
        files=files,
    )


def framed(html: str, files: Iterable[StandardFile]) -> str:
    """Return the HTML for a sandboxed frame, with its inline images."""
    inline = [File(f.name, f.content_type, f.size, f.open, f.content_id) for f in files]
    return with_shown_images(inert(html), inline)


def unguarded(filled: Filled) -> dict[str, str]:
    names = ("from_address", "to", "cc", "bcc")
    return {name: addresses.unguarded(getattr(filled, name)) for name in names}


def marks_of(sources: dict[str, str]) -> list[Mark]:
    found: list[Mark] = []
    for field, source in sources.items():
        try:
            texts.check(source)
        except PlaceholderError as error:
            mistake = error.mistake or Mistake(error.args[0])
            found.append(_mark(field, mistake, is_error=True))
        found += [_mark(field, each, is_error=False) for each in texts.unbalanced(source)]
    return found


def warnings_of_braces(template: EmailTemplate) -> list[str]:
    """Return which placeholders of a saved template go out as they are."""
    marks = marks_of(texts_of(template))
    return [_where(mark) for mark in marks if not mark.is_error]


def paths_of(sample: Any) -> list[tuple[str, str]]:
    """Return the placeholders that a sample has a value for, each as it is written, and the
    value."""
    found: list[tuple[str, str]] = []

    def walk(value: Any, path: str) -> None:
        if len(found) >= _MOST_PATHS:
            return
        if isinstance(value, dict):
            for name, inner in value.items():
                walk(inner, f"{path}.{name}" if path else str(name))
        elif isinstance(value, list) and path:
            text = f"{{% for item in {path} %}}{{{{ item }}}}{{% endfor %}}"
            found.append((text, _("%(path)s: list") % {"path": path}))
        elif path:
            found.append((f"{{{{ {path} }}}}", f"{path}: {str(value)[:_LONGEST_SAMPLE]}"))

    walk(sample, "")
    return found


def _mark(field: str, mistake: Mistake, *, is_error: bool) -> Mark:
    return Mark(field, translated(mistake.text, _), mistake.line, mistake.column, is_error)


def _where(mark: Mark) -> str:
    text = _("%(field)s, line %(line)d, column %(column)d: %(problem)s")
    return text % {
        "field": label_of(mark.field),
        "line": mark.line,
        "column": mark.column,
        "problem": mark.text,
    }


def label_of(field: str) -> str:
    """Return the label of a field of the form: `html_de` is “HTML body (de)”."""
    for name in (*ADDRESS_FIELDS, *TEXT_FIELDS):
        label = EmailTemplate._meta.get_field(name).verbose_name  # type: ignore[union-attr]
        if field == name:
            return str(label)
        if field.startswith(f"{name}_"):
            return f"{label} ({field.removeprefix(f'{name}_')})"
    return field
