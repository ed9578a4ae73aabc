"""Run an E-mail Notification: fill in its placeholders, then hand the result to the outbox."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from notifications import outbox
from notifications.attachments.storage import stream_of
from notifications.errors import InvalidNotification
from notifications.i18n import Sentence
from notifications.i18n import gettext_noop as _
from notifications.message.addresses import AddressError
from notifications.models import ApiKey, EmailTemplate, Notification, Origin
from notifications.models.layout import StandardFile
from notifications.models.notification import Priority
from notifications.outbox import NewFile, NewNotification
from notifications.placeholders import addresses as placeholder_addresses

from .filling import Filled, fill_in

_RUN_NOTED_FOR = timedelta(minutes=1)


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


def run(
    template: EmailTemplate,
    context: dict[str, Any],
    *,
    initiator: Initiator,
    files: Sequence[NewFile] = (),
    when: When | None = None,
    language: str = "",
) -> Notification | None:
    """Queue a notification, in the language of the template that suits best; None if nobody is
    left to notify and the template allows that.

    Raises InvalidNotification, AttachmentLimitExceeded.
    """
    if not template.enabled:
        text = _("The E-mail Notification “%(name)s” is not enabled.")
        raise InvalidNotification(Sentence(text, name=template.name))
    filled = fill_in(template, context, language)
    recipients: dict[str, Any] = {**recipients_of(template, filled, initiator)}
    if not any(recipients.values()):
        if not template.refuse_without_recipients:
            return None
        text = _("The E-mail Notification “%(name)s” has no recipients.")
        raise InvalidNotification(Sentence(text, name=template.name))
    standard = files_of(template)
    queued = _enqueue(
        template, filled, recipients, standard=standard, files=files, when=when, initiator=initiator
    )
    _note_run(template)
    return queued


def send_test(
    template: EmailTemplate,
    context: dict[str, Any],
    *,
    to: str,
    initiator: Initiator,
    when: When | None = None,
    language: str = "",
    standard: Sequence[StandardFile] | None = None,
) -> Notification:
    """Queue it for `to` alone, even if it is not enabled or not saved: then `standard` are its
    files. Raises the errors of run."""
    filled = fill_in(template, context, language)
    standard = files_of(template) if standard is None else standard
    return _enqueue(template, filled, {"to": to}, standard=standard, when=when, initiator=initiator)


def recipients_of(
    template: EmailTemplate, filled: Filled, initiator: Initiator
) -> dict[str, list[str]]:
    """Return who gets it, in `to`, `cc` and `bcc`. Raises InvalidNotification."""
    left_out = initiator.address if template.skip_initiator else ""
    return {name: _without(getattr(filled, name), left_out) for name in ("to", "cc", "bcc")}


def files_of(template: EmailTemplate) -> list[StandardFile]:
    """Return the files that go with each message, those of the layout included."""
    layout = template.layout.files.all() if template.layout else []
    return [*template.files.all(), *layout]


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


def _note_run(template: EmailTemplate) -> None:
    """Note the time for the list, at most once a minute and after the caller's transaction: runs
    of one template do not wait for each other."""
    now = timezone.now()
    rows = EmailTemplate.objects.filter(pk=template.pk)
    rows = rows.exclude(last_run_at__gt=now - _RUN_NOTED_FOR)
    transaction.on_commit(lambda: rows.update(last_run_at=now))


def _enqueue(
    template: EmailTemplate,
    filled: Filled,
    recipients: dict[str, Any],
    *,
    standard: Sequence[StandardFile],
    initiator: Initiator,
    files: Sequence[NewFile] = (),
    when: When | None = None,
) -> Notification:
    when = when or When()
    with ExitStack() as stack:
        fixed = [
            NewFile(f.name, stack.enter_context(stream_of(f)), f.content_type, f.content_id)
            for f in standard
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
