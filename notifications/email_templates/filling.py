"""An E-mail Notification with its values filled in, in one of its languages and its layout."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import mark_safe

from notifications import languages
from notifications.errors import InvalidNotification
from notifications.i18n import Sentence
from notifications.i18n import gettext_noop as _
from notifications.message.html_to_text import html_to_text
from notifications.message.unsafe_characters import showable
from notifications.models import EmailLayout, EmailTemplate
from notifications.models.layout import CONTENT, LANGUAGE
from notifications.models.template import MissingValues
from notifications.placeholders import addresses as placeholder_addresses
from notifications.placeholders import texts
from notifications.placeholders.context import plain_data
from notifications.placeholders.texts import PlaceholderError

# It stands for the message while a layout without a text of its own becomes one.
_PLACE = "\ue0ff"


@dataclass(frozen=True, slots=True)
class Filled:
    """A template with its values filled in. Its addresses are still guarded: placeholder_addresses
    takes them apart or shows them."""

    from_address: str
    to: str
    cc: str
    bcc: str
    subject: str
    html: str
    text: str


def checked_language(code: str) -> str:
    """Return the code of a language as it is kept. Raises InvalidNotification."""
    normal = languages.normal(code)
    if normal and not languages.is_language(normal):
        text = _("“%(code)s” is not the code of a language, such as de or pt-br.")
        raise InvalidNotification(Sentence(text, code=showable(code[: languages.LONGEST])))
    return normal


def fill_in(template: EmailTemplate, context: Any, language: str = "") -> Filled:
    """Fill the values into each part; InvalidNotification names the field that failed."""
    code = template.suiting(checked_language(language))
    filler = _Filler(template, _plain(context))
    written = template.texts_in(code)
    html = filler.part("html", written["html"], is_html=True)
    text = filler.part("text", written["text"]) or html_to_text(html)
    if template.layout:
        html, text = filler.in_layout(template.layout, html, text, language=code)
    return Filled(
        from_address=filler.address("from_address").strip(),
        to=filler.address("to"),
        cc=filler.address("cc"),
        bcc=filler.address("bcc"),
        subject=" ".join(filler.part("subject", written["subject"]).split()),
        html=html,
        text=text,
    )


def empty_places(template: EmailTemplate, context: Any, language: str = "") -> list[str]:
    """Return the placeholders that would stay empty with these values."""
    values = _plain(context)
    found = _missing(template.sources(language), values)
    if template.layout:
        found |= _missing(template.layout.sources(), values) - {CONTENT, LANGUAGE}
    return sorted(found)


def needed_values(template: EmailTemplate) -> set[str]:
    """Return the placeholders without which a run is refused, as far as that is known before."""
    refuses = template.missing_values == MissingValues.REFUSE
    needed = set(empty_places(template, {})) if refuses else set()
    recipients = [template.to, template.cc, template.bcc]
    try:
        fixed = "".join(texts.render(source, {}, is_html=False) for source in recipients)
    except PlaceholderError:
        return needed
    if template.refuse_without_recipients and "@" not in fixed:
        needed |= _missing(recipients, {})
    return needed


def _missing(sources: Iterable[str], values: dict[str, Any]) -> set[str]:
    found: set[str] = set()
    for source in sources:
        try:
            found.update(texts.missing(source, values))
        except PlaceholderError:
            continue  # told by fill_in
    return found


def _plain(context: Any) -> dict[str, Any]:
    try:
        return plain_data(context)
    except PlaceholderError as error:
        raise InvalidNotification(*error.args) from error


@dataclass(frozen=True, slots=True)
class _Filler:
    template: EmailTemplate
    values: dict[str, Any]

    def part(self, name: str, source: str, *, is_html: bool = False) -> str:
        return self._render(name, source, self.values, is_html=is_html)

    def address(self, name: str) -> str:
        source = " ".join(getattr(self.template, name).split())
        return self._render(name, source, placeholder_addresses.guarded(self.values), is_html=False)

    def in_layout(
        self, layout: EmailLayout, html: str, text: str, *, language: str
    ) -> tuple[str, str]:
        """Put the message into its layout. It is a value there, so that nothing that came with a
        context is ever read as a placeholder; it alone is not escaped."""
        values = self.values | {LANGUAGE: language}

        def laid_out(source: str, content: str, *, is_html: bool) -> str:
            content = mark_safe(content) if is_html else content  # noqa: S308 - escaped above
            return self._render("layout", source, values | {CONTENT: content}, is_html=is_html)

        if layout.text:
            whole_text = laid_out(layout.text, text, is_html=False)
        else:
            around = html_to_text(laid_out(layout.html, _PLACE, is_html=True))
            whole_text = around.replace(_PLACE, text)
        return laid_out(layout.html, html, is_html=True) if html else "", whole_text

    def _render(self, name: str, source: str, values: dict[str, Any], *, is_html: bool) -> str:
        refuses = self.template.missing_values == MissingValues.REFUSE
        try:
            return texts.render(source, values, is_html=is_html, refuses_missing=refuses)
        except PlaceholderError as error:
            label = EmailTemplate._meta.get_field(name).verbose_name  # type: ignore[union-attr]
            raise InvalidNotification(
                Sentence("%(field)s: %(problem)s", field=label, problem=error)
            ) from error
