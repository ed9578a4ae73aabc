"""E-mail Notifications as JSON, to keep them or to copy them to another installation."""

import base64
import io
import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from notifications.attachments import storage
from notifications.i18n import Sentence, gettext_noop, translated
from notifications.message.checks import check_text
from notifications.models import EmailTemplate, TemplateFile
from notifications.models.template import ADDRESS_FIELDS, OPTION_FIELDS, TEXT_FIELDS

FORMAT = "mail-connector/e-mail-notifications/1"
_FIELDS = (*OPTION_FIELDS, *ADDRESS_FIELDS, *TEXT_FIELDS)


class NotImported(Exception):  # noqa: N818 - reads as what it is
    """The import changed nothing; `problems` say why, each in a sentence."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


def export(templates: Iterable[EmailTemplate]) -> str:
    document = {"format": FORMAT, "templates": [_as_dict(template) for template in templates]}
    return json.dumps(document, ensure_ascii=False, indent=2)


def import_templates(text: str) -> list[EmailTemplate]:
    """Import all of them or none; an entry replaces the template that has its name.

    Raises NotImported.
    """
    entries = _entries(text)
    problems: list[str] = []
    made = []
    with transaction.atomic():
        for entry in entries:
            try:
                made.append(_import(entry))
            except ValidationError as error:
                problems += _sentences(entry, error)
        if problems:
            transaction.set_rollback(True)
    if problems:
        raise NotImported(problems)
    return made


def _as_dict(template: EmailTemplate) -> dict[str, Any]:
    values = {name: getattr(template, name) for name in _FIELDS}
    return values | {"files": [_file_as_dict(file) for file in template.files.all()]}


def _file_as_dict(file: TemplateFile) -> dict[str, str]:
    with file.open() as stream:
        content = base64.b64encode(stream.read()).decode()
    return {
        "name": file.name,
        "content_type": file.content_type,
        "content_id": file.content_id,
        "content": content,
    }


def _entries(text: str) -> list[dict[str, Any]]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotImported([_("This is not JSON: %(error)s.") % {"error": error}]) from error
    entries = document.get("templates") if isinstance(document, dict) else None
    if not isinstance(entries, list) or document.get("format") != FORMAT:
        raise NotImported([_("This is not an export of E-mail Notifications.")])
    if not all(isinstance(entry, dict) for entry in entries):
        raise NotImported([_("An entry is not an object.")])
    return entries


def _import(entry: dict[str, Any]) -> EmailTemplate:
    """Import one entry. Raises ValidationError."""
    unknown = set(entry) - {*_FIELDS, "files"}
    if unknown:
        raise ValidationError(_("Unknown: %(names)s.") % {"names": ", ".join(sorted(unknown))})
    name = str(entry.get("name", ""))
    if problem := check_text(Sentence(gettext_noop("name")), name):
        raise ValidationError(translated(problem, _))
    row = EmailTemplate.objects.filter(name=name).first() or EmailTemplate()
    for field in _FIELDS:
        if field in entry:
            setattr(row, field, _checked_type(field, entry[field]))
    row.full_clean()
    row.save()
    row.files.all().delete()
    for file in entry.get("files") or []:
        TemplateFile.objects.create(template=row, **_stored(file))
    return row


def _checked_type(name: str, value: Any) -> Any:
    usual = getattr(EmailTemplate(), name)
    kind = str if isinstance(usual, str) else type(usual)
    if not isinstance(value, kind):
        raise ValidationError({name: _("Not a %(kind)s.") % {"kind": kind.__name__}})
    return value


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
    # A page could not show half a character either.
    name = str(entry.get("name", "?")).encode(errors="replace").decode()[:100]
    if not hasattr(error, "error_dict"):
        return [f"{name}: {message}" for message in error.messages]
    return [
        f"{name}, {field}: {message}"
        for field, messages in error.message_dict.items()
        for message in messages
    ]
