"""Run an E-mail Notification: fill in its placeholders, then hand the result to the outbox."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from notifications import outbox
from notifications.attachments.storage import stream_of
from notifications.errors import InvalidNotification
from notifications.i18n import Sentence
from notifications.i18n import gettext_noop as _
from notifications.message.addresses import AddressError
from notifications.message.html_to_text import html_to_text
from notifications.models import ApiKey, EmailTemplate, Notification, Origin
from notifications.models.notification import Priority
from notifications.models.template import MissingValues
from notifications.outbox import NewFile, NewNotification
from notifications.placeholders import addresses as placeholder_addresses
from notifications.placeholders import texts
from notifications.placeholders.context import plain_data
from notifications.placeholders.texts import PlaceholderError


@dataclass(frozen=True, slots=True)
class Initiator:
    """The person or application that runs an action. The address serves templates that do not
    notify the initiator; `api_key` is the application's key."""

    name: str
    address: str = ""
    api_key: ApiKey | None = None


@dataclass(frozen=True, slots=True)
class When:
    """The time and the urgency of a run; `key` makes it idempotent."""

    priority: Priority = Priority.NORMAL
    due_at: datetime | None = None
    expires_at: datetime | None = None
    key: str = ""


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


def run(
    template: EmailTemplate,
    context: dict[str, Any],
    *,
    initiator: Initiator,
    files: Sequence[NewFile] = (),
    when: When | None = None,
) -> Notification | None:
    """Queue a notification; None if nobody is left to notify and the template allows that.

    Raises InvalidNotification, AttachmentLimitExceeded.
    """
    if not template.enabled:
        text = _("The E-mail Notification “%(name)s” is not enabled.")
        raise InvalidNotification(Sentence(text, name=template.name))
    filled = fill_in(template, context)
    recipients: dict[str, Any] = {
        name: _without(getattr(filled, name), initiator.address if template.skip_initiator else "")
        for name in ("to", "cc", "bcc")
    }
    if not any(recipients.values()):
        if not template.refuse_without_recipients:
            return None
        text = _("The E-mail Notification “%(name)s” has no recipients.")
        raise InvalidNotification(Sentence(text, name=template.name))
    return _enqueue(template, filled, recipients, files=files, when=when, initiator=initiator)


def send_test(
    template: EmailTemplate,
    context: dict[str, Any],
    *,
    to: str,
    initiator: Initiator,
    when: When | None = None,
) -> Notification:
    """Queue it for `to` alone, even if it is not enabled. Raises the errors of run."""
    filled = fill_in(template, context)
    return _enqueue(template, filled, {"to": to}, when=when, initiator=initiator)


def fill_in(template: EmailTemplate, context: Any) -> Filled:
    """Fill the values into each part; InvalidNotification names the field that failed."""
    try:
        values = plain_data(context)
    except PlaceholderError as error:
        raise InvalidNotification(*error.args) from error

    def part(name: str, *, is_html: bool = False, is_address: bool = False) -> str:
        source = getattr(template, name)
        try:
            return texts.render(
                " ".join(source.split()) if is_address else source,
                placeholder_addresses.guarded(values) if is_address else values,
                is_html=is_html,
                refuses_missing=template.missing_values == MissingValues.REFUSE,
            )
        except PlaceholderError as error:
            label = EmailTemplate._meta.get_field(name).verbose_name  # type: ignore[union-attr]
            raise InvalidNotification(
                Sentence("%(field)s: %(problem)s", field=label, problem=error)
            ) from error

    html = part("html", is_html=True)
    return Filled(
        from_address=part("from_address", is_address=True).strip(),
        to=part("to", is_address=True),
        cc=part("cc", is_address=True),
        bcc=part("bcc", is_address=True),
        subject=" ".join(part("subject").split()),
        html=html,
        text=part("text") or html_to_text(html),
    )


def _without(addresses: str, left_out: str) -> list[str]:
    try:
        parsed = placeholder_addresses.addresses(addresses)
    except AddressError as error:
        raise InvalidNotification(*error.args) from error
    return [str(each) for each in parsed if not left_out or not each.same_mailbox(left_out)]


def _one(address: str) -> str:
    found = _without(address, "")
    if len(found) > 1:
        raise InvalidNotification(Sentence(_("From: there can be one address only.")))
    return found[0] if found else ""


def _enqueue(
    template: EmailTemplate,
    filled: Filled,
    recipients: dict[str, Any],
    *,
    initiator: Initiator,
    files: Sequence[NewFile] = (),
    when: When | None = None,
) -> Notification:
    when = when or When()
    with ExitStack() as stack:
        fixed = [
            NewFile(f.name, stack.enter_context(stream_of(f)), f.content_type, f.content_id)
            for f in template.files.all()
        ]
        return outbox.enqueue(
            NewNotification(
                **recipients,
                from_=_one(filled.from_address),
                subject=filled.subject,
                html=filled.html,
                text=filled.text,
                files=[*fixed, *files],
                priority=when.priority,
                due_at=when.due_at,
                expires_at=when.expires_at,
                key=when.key,
            ),
            initiator=initiator.name,
            api_key=initiator.api_key,
            origin=Origin(template=template if template.pk else None, template_name=template.name),
        )
