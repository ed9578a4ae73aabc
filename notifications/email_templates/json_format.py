"""E-mail Notifications as JSON, to keep them or to copy them to another installation."""

import base64
import io
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from notifications.attachments import storage
from notifications.errors import InvalidNotification
from notifications.i18n import Sentence, gettext_noop, translated
from notifications.message.checks import check_text
from notifications.message.unsafe_characters import showable
from notifications.models import EmailLayout, EmailTemplate
from notifications.models.layout import LAYOUT_TEXTS, StandardFile
from notifications.models.template import ADDRESS_FIELDS, OPTION_FIELDS
from notifications.models.variants import TEXT_FIELDS

FORMAT = "mail-connector/e-mail-notifications/1"
_FIELDS = (*OPTION_FIELDS, *ADDRESS_FIELDS, *TEXT_FIELDS)

_LAYOUT_FIELDS = ("name", *LAYOUT_TEXTS)
# What is said where a value is of another kind.
_NOT_OF_KIND = {
    str: gettext_noop("It must be text."),
    bool: gettext_noop("It must be true or false."),
    list: gettext_noop("It must be a list."),
    dict: gettext_noop("It must be an object."),
}

Row = TypeVar("Row", EmailLayout, EmailTemplate)


class NotImported(Exception):  # noqa: N818 - reads as what it is
    """The import changed nothing; `problems` say why, each in a sentence."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Imported:
    """The rows that were made or replaced."""

    templates: list[EmailTemplate]
    layouts: list[EmailLayout]


def export(templates: Iterable[EmailTemplate]) -> str:
    """Raises InvalidNotification if the content of a file is gone."""
    templates = list(templates)
    layouts = {each.layout.name: each.layout for each in templates if each.layout}
    document = {"format": FORMAT, "templates": [_as_dict(template) for template in templates]}
    if layouts:
        document["layouts"] = [_layout_as_dict(layouts[name]) for name in sorted(layouts)]
    return json.dumps(document, ensure_ascii=False, indent=2)


def import_templates(text: str) -> Imported:
    """Import all of them or none; an entry replaces the template or layout that has its name.

    Raises NotImported.
    """
    document = _document(text)
    problems: list[str] = []
    with transaction.atomic():
        layouts = [
            row
            for entry in _entries(document.get("layouts", []))
            for row in _tried(_import_layout, entry, problems)
        ]
        entries = _entries(document.get("templates"))
        templates = [row for entry in entries for row in _tried(_import, entry, problems)]
        if problems:
            transaction.set_rollback(True)
    if problems:
        raise NotImported(problems)
    return Imported(templates, layouts)


def _as_dict(template: EmailTemplate) -> dict[str, Any]:
    values = {name: getattr(template, name) for name in _FIELDS}
    # PostgreSQL has an order of its own for what is kept as JSON.
    values["languages"] = {
        code: {name: texts[name] for name in TEXT_FIELDS if name in texts}
        for code, texts in sorted(template.languages.items())
    }
    layout = template.layout.name if template.layout else None
    return values | {"layout": layout, "files": _files_as_dicts(template)}


def _layout_as_dict(layout: EmailLayout) -> dict[str, Any]:
    values = {name: getattr(layout, name) for name in _LAYOUT_FIELDS}
    return values | {"files": _files_as_dicts(layout)}


def _files_as_dicts(row: EmailTemplate | EmailLayout) -> list[dict[str, str]]:
    try:
        return [_file_as_dict(file) for file in row.files.all()]
    except InvalidNotification as error:
        told = Sentence("%(name)s: %(problem)s", name=row.name, problem=error)
        raise InvalidNotification(told) from error


def _file_as_dict(file: StandardFile) -> dict[str, str]:
    with storage.stream_of(file) as stream:
        content = base64.b64encode(stream.read()).decode()
    return {
        "name": file.name,
        "content_type": file.content_type,
        "content_id": file.content_id,
        "content": content,
    }


def _document(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotImported([_("This is not JSON: %(error)s.") % {"error": error}]) from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise NotImported([_("This is not an export of E-mail Notifications.")])
    return document


def _entries(entries: Any) -> list[dict[str, Any]]:
    if not isinstance(entries, list):
        raise NotImported([_("This is not an export of E-mail Notifications.")])
    if not all(isinstance(entry, dict) for entry in entries):
        raise NotImported([_("An entry is not an object.")])
    return entries


def _tried(
    step: Callable[[dict[str, Any]], Row], entry: dict[str, Any], problems: list[str]
) -> list[Row]:
    """Return the row that was made, in a list that is empty if there was a problem."""
    try:
        return [step(entry)]
    except ValidationError as error:
        problems += _sentences(entry, error)
        return []


def _import_layout(entry: dict[str, Any]) -> EmailLayout:
    """Import one layout. Raises ValidationError."""
    row = EmailLayout.objects.filter(name=_name(entry, _LAYOUT_FIELDS)).first() or EmailLayout()
    _fill(row, entry, _LAYOUT_FIELDS)
    return row


def _import(entry: dict[str, Any]) -> EmailTemplate:
    """Import one entry. Raises ValidationError."""
    name = _name(entry, (*_FIELDS, "layout"))
    row = EmailTemplate.objects.filter(name=name).first() or EmailTemplate()
    row.layout = _layout(entry.get("layout")) if "layout" in entry else row.layout
    _fill(row, entry, _FIELDS)
    return row


def _name(entry: dict[str, Any], fields: Iterable[str]) -> str:
    unknown = set(entry) - {*fields, "files"}
    if unknown:
        raise ValidationError(_("Unknown: %(names)s.") % {"names": ", ".join(sorted(unknown))})
    name = str(entry.get("name", ""))
    if problem := check_text(Sentence(gettext_noop("name")), name):
        raise ValidationError(translated(problem, _))
    return name


def _layout(name: Any) -> EmailLayout | None:
    if name is None:
        return None
    if isinstance(name, str) and not check_text("", name):
        row = EmailLayout.objects.filter(name=name).first()
        if row is not None:
            return row
    raise ValidationError({"layout": _("There is no layout of this name.")})


def _fill(row: EmailTemplate | EmailLayout, entry: dict[str, Any], fields: Iterable[str]) -> None:
    """Fill the row with an entry and save it with its files. What the entry does not name stays."""
    for field in fields:
        if field in entry:
            setattr(row, field, _checked_type(row, field, entry[field]))
    row.full_clean()
    row.save()
    if "files" in entry:
        row.files.all().delete()
        for file in _files(entry):
            row.files.create(**_stored(file))


def _checked_type(row: EmailTemplate | EmailLayout, name: str, value: Any) -> Any:
    usual = getattr(type(row)(), name)
    return _of_kind(str if isinstance(usual, str) else type(usual), name, value)


def _of_kind(kind: type, name: str, value: Any) -> Any:
    if not isinstance(value, kind):
        raise ValidationError({name: _(_NOT_OF_KIND[kind])})
    return value


def _files(entry: dict[str, Any]) -> list[Any]:
    return list(_of_kind(list, "files", entry["files"] or []))


def _stored(file: Any) -> dict[str, Any]:
    try:
        content = base64.b64decode(file["content"], validate=True)
        name, kind, cid = (str(file.get(n, "")) for n in ("name", "content_type", "content_id"))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValidationError(_("A file has no content in base64.")) from error
    if problem := check_text(Sentence(gettext_noop("content id")), cid):
        raise ValidationError(translated(problem, _))
    return asdict(storage.store(name, io.BytesIO(content), kind, cid))


def _sentences(entry: dict[str, Any], error: ValidationError) -> list[str]:
    """Say what is wrong. What an entry names, halves of characters included, is part of it."""
    name = str(entry.get("name", "?"))[:100]
    if not hasattr(error, "error_dict"):
        return [showable(f"{name}: {message}") for message in error.messages]
    return [
        showable(f"{name}, {field}: {message}")
        for field, messages in error.message_dict.items()
        for message in messages
    ]
