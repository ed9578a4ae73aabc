"""The email backend that puts Django's send_mail into the queue: EMAIL_BACKEND =
"notifications.django_backend.QueueBackend".

A message that the queue cannot carry raises an error and never vanishes.
"""

import io
from collections.abc import Sequence
from dataclasses import replace
from email.message import Message
from email.mime.base import MIMEBase
from typing import Any

from django.conf import global_settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import DatabaseError

from . import outbox
from .errors import InvalidNotification, NotQueued
from .i18n import Sentence
from .i18n import gettext_noop as _
from .message.addresses import AddressError, bare_address, parse_addresses, split_addresses
from .message.encoded_words import decoded, looks_encoded
from .message.header_fields import is_structured
from .message.message import Importance
from .outbox import NewFile, NewNotification

# Django lets callers give these as headers, for which the queue has fields.
_FIELDS = frozenset(["from", "to", "cc", "reply-to", "importance"])
# The queue writes its own of these.
_REPLACED = frozenset(["message-id", "date"])


class QueueBackend(BaseEmailBackend):
    """A backend that queues in the caller's transaction: a rollback sends nothing. Raises the
    errors of outbox.enqueue, unless fail_silently."""

    def __init__(self, fail_silently: bool = False, *, initiator: str = "Django", **_: Any) -> None:
        # send_mail passes SMTP's user, password and so on to every backend.
        super().__init__(fail_silently=fail_silently)
        self.initiator = initiator

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Queue the messages; return how many were queued."""
        queued = 0
        for message in email_messages:
            if not message.recipients():
                continue
            try:
                outbox.enqueue(_converted(message), initiator=self.initiator)
            except (NotQueued, OSError, DatabaseError):
                if not self.fail_silently:
                    raise
            else:
                queued += 1
        return queued


def _converted(message: EmailMessage) -> NewNotification:
    """Convert a message. Raises InvalidNotification for content that the queue does not know."""
    given = {str(name): str(value) for name, value in message.extra_headers.items()}
    fields = {name.lower(): value for name, value in given.items() if name.lower() in _FIELDS}
    text, html, files = _bodies(message)
    to, cc, bcc = _recipients(message, fields)
    return NewNotification(
        to=to,
        cc=cc,
        bcc=bcc,
        from_=_readable(_sender(fields.get("from") or message.from_email)),
        reply_to=_readable(fields.get("reply-to") or ", ".join(map(str, message.reply_to))),
        subject=decoded(str(message.subject)),
        text=text,
        html=html,
        headers=_headers(given),
        importance=_importance(fields.get("importance", "normal")),
        files=[*map(_file, message.attachments), *files],
    )


def _headers(given: dict[str, str]) -> list[tuple[str, str]]:
    return [
        (name, value if is_structured(name) else decoded(value))
        for name, value in given.items()
        if name.lower() not in _FIELDS | _REPLACED
    ]


def _readable(text: str) -> str:
    """Return addresses without encoded words, which Python's own formataddr writes."""
    if not looks_encoded(text):
        return text
    try:
        found = parse_addresses(text)
    except AddressError:  # the queue says what is wrong
        return text
    return ", ".join(str(replace(each, name=decoded(each.name))) for each in found)


def _recipients(message: EmailMessage, fields: dict[str, str]) -> tuple[list[str], ...]:
    """Return To, Cc and Bcc. A header To or Cc changes what is shown, not who gets the message, as
    with SMTP: a recipient whom such a header does not name goes to Bcc."""
    lists = [[_readable(str(each)) for each in some] for some in (message.to, message.cc)]
    hidden = [_readable(str(each)) for each in message.bcc]
    shown = []
    for name, some in zip(("to", "cc"), lists, strict=True):
        named = _mailboxes(fields[name]) if name in fields else None
        shown.append([each for each in some if named is None or _mailboxes(each) <= named])
        hidden += [each for each in some if each not in shown[-1]]
    return *shown, hidden


def _mailboxes(text: str) -> set[str]:
    return {bare_address(each).casefold() for each in split_addresses(text)}


def _sender(address: str) -> str:
    """Return the sender; Django's own default, webmaster@localhost, means that nobody set one."""
    return "" if address == global_settings.DEFAULT_FROM_EMAIL else str(address)


def _bodies(message: EmailMessage) -> tuple[str, str, list[NewFile]]:
    """Return the text body, the HTML body, and the invitations, which are attached."""
    bodies = [(f"text/{message.content_subtype}", message.body)]
    bodies += [(kind, content) for content, kind in getattr(message, "alternatives", [])]
    found: dict[str, str] = {}
    files = []
    for full_kind, content in bodies:
        kind = full_kind.partition(";")[0].strip().lower()
        if kind == "text/calendar":
            files.append(_file(("invite.ics", content, full_kind)))
            continue
        if kind not in ("text/plain", "text/html") or kind in found:
            text = _("An additional body of the type %(type)s can't be sent.")
            raise InvalidNotification(Sentence(text, type=kind))
        found[kind] = _decoded(content, full_kind) if isinstance(content, bytes) else str(content)
    return found.get("text/plain", ""), found.get("text/html", ""), files


def _decoded(content: bytes, content_type: str) -> str:
    given = Message()
    given["Content-Type"] = content_type
    try:
        return content.decode(given.get_content_charset("utf-8"))
    except (LookupError, UnicodeDecodeError) as error:
        text = _("The body doesn't use the character set of its type, %(type)s.")
        raise InvalidNotification(Sentence(text, type=content_type)) from error


def _importance(text: str) -> Importance:
    try:
        return Importance(text.strip().lower())
    except ValueError as error:
        sentence = _("“%(importance)s” is not a valid importance.")
        raise InvalidNotification(Sentence(sentence, importance=text)) from error


def _file(attachment: Any) -> NewFile:
    if isinstance(attachment, MIMEBase):
        return _from_mime(attachment)
    name, content, kind = attachment
    if isinstance(content, EmailMessage):
        content = content.message()
    if isinstance(content, Message):
        content = content.as_bytes()
    kind = kind or ""
    if isinstance(content, str):
        if not content.isascii() and kind.startswith("text/") and "charset" not in kind:
            kind = f"{kind}; charset=utf-8"
        content = content.encode()
    return NewFile(decoded(name or ""), io.BytesIO(content), kind)


def _from_mime(part: MIMEBase) -> NewFile:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        text = _("An attachment that consists of several parts can't be sent.")
        raise InvalidNotification(Sentence(text))
    return NewFile(
        decoded(part.get_filename() or ""),
        io.BytesIO(content),
        str(part.get("Content-Type") or part.get_content_type()),
        str(part.get("Content-ID") or ""),
    )
