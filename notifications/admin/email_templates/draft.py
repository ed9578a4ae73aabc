"""What stands on the form of an E-mail Notification, saved or not: its texts, values and files."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

from notifications import languages
from notifications.errors import InvalidNotification
from notifications.i18n import Sentence, gettext_noop
from notifications.message.checks import check_text
from notifications.models import EmailLayout, EmailTemplate, LayoutFile, TemplateFile
from notifications.models.layout import StandardFile
from notifications.models.rows import row_number
from notifications.models.template import ADDRESS_FIELDS, MissingValues
from notifications.models.variants import TEXT_FIELDS

from . import kept_files

NO_VALUES = "-"  # the sample set without any value
_MOST_ROWS = 1000  # of attachments on the form; no request has as many fields


@dataclass(frozen=True, slots=True)
class Draft:
    """A template that may not be saved, with its files and the text of its samples."""

    template: EmailTemplate
    files: Sequence[StandardFile]
    samples: dict[str, Any]
    problem: str = ""  # of the samples
    language: str = ""
    sample_set: str = ""
    texts: dict[str, str] = field(default_factory=dict)  # by the name of the field
    lost_files: int = 0  # that the form names, and that are gone

    @property
    def context(self) -> Any:
        """The values of the chosen sample set. Raises InvalidNotification."""
        if self.sample_set == NO_VALUES:
            return {}
        if self.problem:
            raise InvalidNotification(self.problem)
        return self.samples.get(self.sample_set, self.samples.get("", {}))


def of_row(template: EmailTemplate) -> Draft:
    """Return what is saved."""
    layout = list(template.layout.files.all()) if template.layout else []
    own = list(template.files.all()) if template.pk else []
    samples = {"": template.sample_context, **template.sample_sets}
    return Draft(template, [*own, *layout], samples, texts=texts_of(template))


def of_form(request: HttpRequest) -> Draft:
    """Return what was sent, wrong texts included."""
    post = request.POST
    adds_language = "_add_language" in post
    template = EmailTemplate(name=post.get("name", ""))
    for name in (*ADDRESS_FIELDS, *TEXT_FIELDS):
        setattr(template, name, _text(post.get(name, "")))
    if post.get("missing_values") in MissingValues.values:
        template.missing_values = post["missing_values"]
    template.language = _language(post.get("language", ""))
    for sent in post.getlist("language_codes"):
        if code := _language(sent):
            variant = {name: _text(post.get(f"{name}_{code}", "")) for name in TEXT_FIELDS}
            if any(variant.values()):
                template.languages[code] = variant
    layout = row_number(post.get("layout", ""))
    template.layout = EmailLayout.objects.filter(pk=layout).first() if layout else None
    samples, problem = _samples(post.get("sample_context", ""), post.get("sample_sets", ""))
    saved, tokens = _named_files(request)
    own = files_of_form(request)
    return Draft(
        template,
        [*own, *(template.layout.files.all() if template.layout else [])],
        samples,
        problem,
        language=_language(post.get("add_language" if adds_language else "preview_language", "")),
        sample_set=post.get("sample_set", ""),
        texts=texts_of(template),
        lost_files=len(saved) + len(tokens) - len(own),
    )


def _text(sent: str) -> str:
    return sent.replace("\r\n", "\n")


def _language(sent: str) -> str:
    code = languages.normal(sent)
    return code if languages.is_language(code) else ""


def texts_of(template: EmailTemplate) -> dict[str, str]:
    """Return its texts by the names of the form's fields: `html`, `html_de`."""
    own = {name: str(getattr(template, name)) for name in (*ADDRESS_FIELDS, *TEXT_FIELDS)}
    for code, variant in template.languages.items():
        own |= {f"{name}_{code}": text for name, text in variant.items()}
    return own


def _samples(context: str, sets: str) -> tuple[dict[str, Any], str]:
    try:
        first, others = (json.loads(text) if text.strip() else {} for text in (context, sets))
    except (ValueError, RecursionError) as error:
        problem = gettext_noop("The context is not JSON: %(error)s.")
        return {}, Sentence(problem, error=str(error))
    others = others if isinstance(others, dict) else {}
    for name in others:
        if problem := check_text(Sentence(gettext_noop("context")), name):
            return {"": first}, problem  # no page can show the name
    return {"": first, **others}, ""


def files_of_form(request: HttpRequest) -> list[StandardFile]:
    """Return the attachments that the form names and that are still there."""
    saved, tokens = _named_files(request)
    kept = [kept_files.as_row(file) for file in kept_files.all_kept(request, tokens)]
    model = LayoutFile if "preview_layout" in request.POST else TemplateFile
    return [*model.objects.filter(pk__in=saved), *kept]


def _named_files(request: HttpRequest) -> tuple[set[int], list[str]]:
    """Return the numbers of the saved attachments that are not to be deleted, and the notes of
    those that wait for the form to be saved."""
    post = request.POST
    count = min(row_number(post.get("files-TOTAL_FORMS", "")) or 0, _MOST_ROWS)
    rows = [f"files-{n}-" for n in range(count)]
    left = [row for row in rows if f"{row}DELETE" not in post]
    saved = {number for row in left if (number := row_number(post.get(f"{row}id", "")))}
    return saved, [token for row in left if (token := post.get(f"{row}kept", ""))]
