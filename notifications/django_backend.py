"""The email backend that puts Django's send_mail into the queue: EMAIL_BACKEND =
"notifications.django_backend.QueueBackend".

A message that the queue cannot carry raises an error and never vanishes.
"""

import io
import mimetypes
from collections.abc import Sequence
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
from .message.message import Importance
from .outbox import NewFile, NewNotification

# Django lets callers give these as headers, for which the queue has fields.
_FIELDS = frozenset(["from", "reply-to", "importance"])


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
    text, html = _bodies(message)
    return NewNotification(
        to=[str(each) for each in message.to],
        cc=[str(each) for each in message.cc],
        bcc=[str(each) for each in message.bcc],
        from_=_sender(fields.get("from") or message.from_email),
        reply_to=fields.get("reply-to") or [str(each) for each in message.reply_to],
        subject=str(message.subject),
        text=text,
        html=html,
        headers=[pair for pair in given.items() if pair[0].lower() not in _FIELDS],
        importance=_importance(fields.get("importance", "normal")),
        files=[_file(each) for each in message.attachments],
    )


def _sender(address: str) -> str:
    """Return the sender; Django's own default, webmaster@localhost, means that nobody set one."""
    return "" if address == global_settings.DEFAULT_FROM_EMAIL else str(address)


def _bodies(message: EmailMessage) -> tuple[str, str]:
    """Return the text body and the HTML body."""
    bodies = [(f"text/{message.content_subtype}", message.body)]
    bodies += [(kind, content) for content, kind in getattr(message, "alternatives", [])]
    found: dict[str, str] = {}
    for kind, content in bodies:
        if kind not in ("text/plain", "text/html") or kind in found:
            text = _("A further body of the type %(type)s cannot be sent.")
            raise InvalidNotification(Sentence(text, type=kind))
        found[kind] = content.decode() if isinstance(content, bytes) else str(content)
    return found.get("text/plain", ""), found.get("text/html", "")


def _importance(text: str) -> Importance:
    try:
        return Importance(text.strip().lower())
    except ValueError as error:
        sentence = _("The importance “%(importance)s” does not exist.")
        raise InvalidNotification(Sentence(sentence, importance=text)) from error


def _file(attachment: Any) -> NewFile:
    if isinstance(attachment, MIMEBase):
        return _from_mime(attachment)
    name, content, kind = attachment
    if isinstance(content, EmailMessage):
        content = content.message()
    if isinstance(content, Message):
        content = content.as_bytes()
    if isinstance(content, str):
        content = content.encode()
    name = name or f"attachment{mimetypes.guess_extension(kind or '') or ''}"
    return NewFile(name, io.BytesIO(content), kind or "")


def _from_mime(part: MIMEBase) -> NewFile:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        text = _("An attachment that consists of several parts cannot be sent.")
        raise InvalidNotification(Sentence(text))
    return NewFile(
        part.get_filename() or "attachment",
        io.BytesIO(content),
        part.get_content_type(),
        (part.get("Content-ID") or "").strip("<> "),
    )
