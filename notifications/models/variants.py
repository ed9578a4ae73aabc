"""The texts of an E-mail Notification in further languages: {"de": {"subject", "html", "text"}}."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from notifications import languages
from notifications.message.unsafe_characters import showable

from .layout import problem_of

TEXT_FIELDS = ("subject", "html", "text")
MOST_LANGUAGES = 50


def in_language(texts: dict[str, str], variant: dict[str, str]) -> dict[str, str]:
    """Return the texts of a variant. A body is never of two languages; a subject may be missing."""
    translated = {name: variant.get(name, "") for name in TEXT_FIELDS}
    return translated if translated["subject"] else translated | {"subject": texts["subject"]}


def checked_variants(variants: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Return the variants under normal codes. Raises ValidationError."""
    if len(variants) > MOST_LANGUAGES:
        raise ValidationError(_("More than %(most)d languages.") % {"most": MOST_LANGUAGES})
    kept = {languages.normal(code): variant for code, variant in variants.items()}
    problems = [told for code, variant in kept.items() for told in _problems(code, variant)]
    if problems:
        raise ValidationError(problems)
    return kept


def variant_problems(variant: dict[str, str]) -> dict[str, str]:
    """Return what is wrong with the texts in another language, by the name of the field."""
    found = {name: problem for name, text in variant.items() if (problem := problem_of(text))}
    if not variant.get("html") and not variant.get("text"):
        found.setdefault("html", _("Enter an HTML body or a text."))
    return found


def not_a_language(code: str) -> str:
    text = _("“%(code)s” is not the code of a language, such as de or pt-br.")
    return text % {"code": showable(code[: 2 * languages.LONGEST])}


def _problems(code: str, variant: Any) -> list[str]:
    if not languages.is_language(code):
        return [not_a_language(code)]
    if not isinstance(variant, dict) or not set(variant) <= set(TEXT_FIELDS):
        return [_("A language has the texts subject, html and text.")]
    if not all(isinstance(text, str) for text in variant.values()):
        return [_("A language has the texts subject, html and text.")]
    return [f"{code}, {name}: {told}" for name, told in variant_problems(variant).items()]
