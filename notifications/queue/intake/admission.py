"""What may enter the queue: a NewNotification becomes a checked row, or is refused in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import BinaryIO

from django.conf import settings
from django.core.cache import caches
from django.utils import timezone

from notifications.backends.microsoft.clouds import EMULATOR
from notifications.backends.microsoft.graph.sizes import mime_size
from notifications.errors import AttachmentLimitExceeded, InvalidNotification, NotQueued
from notifications.i18n import Sentence, storable
from notifications.i18n import gettext_noop as _
from notifications.log import entries
from notifications.mailbox.connection import Connection, cloud_of_environment
from notifications.message.addresses import AddressError, parse_address, parse_addresses
from notifications.message.checks import check_header, check_text
from notifications.message.message import Importance
from notifications.models import EmailSettings, Notification
from notifications.models.notification import Priority
from notifications.models.settings import MEGABYTE, Api, SettingsValues

# Exchange Online takes at most 1,000 recipients a message, 500 unless an administrator
# raised it ("Set-Mailbox", RecipientLimits).
MOST_RECIPIENTS = 1000
LONGEST_SUBJECT = LONGEST_HEADER = 998  # characters: a line of RFC 5322
# Whoever looks after the queue gets all of them on one page.
MOST_HEADERS, MOST_HEADER_BYTES = 50, 64 * 1024
_LONGEST_FROM: int = Notification._meta.get_field("from_address").max_length  # type: ignore[assignment]
_REMEMBERED = 60  # seconds
_LIMIT_EXCEEDED = storable(
    _(
        "The notification “%(subject)s” was not added to the queue: its attachments total "
        "%(total)s, the limit is %(limit)s."
    )
)


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file to attach: an open, seekable stream. It is shown within the HTML if that names its
    `content_id` by `cid:`."""

    name: str
    content: BinaryIO
    content_type: str = ""
    content_id: str = ""


@dataclass(frozen=True, slots=True)
class NewNotification:
    """A message to send. Its addresses are as people write them, several in one text or in a
    sequence.

    `from_` counts only with 'From' address delegation. `key` makes the request idempotent:
    the same key again returns the same notification.
    """

    to: str | Sequence[str] = ()
    subject: str = ""
    text: str = ""
    html: str = ""
    cc: str | Sequence[str] = ()
    bcc: str | Sequence[str] = ()
    from_: str = ""
    reply_to: str | Sequence[str] = ()
    headers: Sequence[tuple[str, str]] = ()
    files: Sequence[NewFile] = ()
    importance: Importance = Importance.NORMAL
    priority: Priority = Priority.NORMAL
    due_at: datetime | None = None
    expires_at: datetime | None = None
    key: str = ""
    sensitive: bool = False


class Rules:
    """The rules of the saved settings for what wants to enter the queue. They are read when they
    are asked for: a small message without files needs none of them."""

    @cached_property
    def saved(self) -> EmailSettings:
        return EmailSettings.objects.current()

    @cached_property
    def values(self) -> SettingsValues:
        return self.saved.values()

    @property
    def cloud(self) -> str:
        """The cloud that the notification is for. Where the environment names none, the database
        may know one, which is remembered for a minute."""
        if settings.CLOUD == EMULATOR and not settings.CLOUD_IS_NAMED:
            return str(caches["process"].get_or_set("cloud", self._cloud_of_settings, _REMEMBERED))
        fixed = cloud_of_environment()
        return fixed.key if fixed else self._cloud_of_settings()

    def _cloud_of_settings(self) -> str:
        return Connection.of(self.values).cloud.key

    @property
    def account_address(self) -> str:
        return self.saved.account.address if self.saved.account else ""

    @property
    def sends_in_one_request(self) -> bool:
        """Graph takes a message in one request, or not at all, where Mail.Send alone is granted."""
        return self.values.api == Api.GRAPH and not self.values.protection


def mailbox_domain() -> str:
    """Return what Message-IDs end in. It is remembered for a minute: after a change of the account
    the former domain does no harm, and the question is half of the time of an enqueue."""
    return str(caches["process"].get_or_set("mailbox_domain", _mailbox_domain, _REMEMBERED))


def _mailbox_domain() -> str:
    addresses = EmailSettings.objects.filter(pk=1).values_list("account__address", flat=True)
    return (addresses.first() or "").rpartition("@")[2] or "mail-connector.invalid"


def checked_row(new: NewNotification, *, initiator: str) -> Notification:
    """Make the row, which is not saved; raises InvalidNotification."""
    now = timezone.now()
    row = Notification(
        initiator=initiator[:150],
        to=_addresses(_("To"), new.to),
        cc=_addresses(_("Cc"), new.cc),
        bcc=_addresses(_("Bcc"), new.bcc),
        reply_to=_addresses(_("Reply-To"), new.reply_to),
        from_address=_one_address(_("From"), new.from_),
        subject=new.subject,
        text=new.text,
        html=new.html,
        headers=[list(pair) for pair in new.headers],
        importance=new.importance,
        priority=new.priority,
        scheduled_for=new.due_at if new.due_at and new.due_at > now else None,
        due_at=new.due_at or now,
        expires_at=new.expires_at,
        key=new.key or None,
        sensitive=new.sensitive,
    )
    for problem in _problems(row, now=now):
        raise InvalidNotification(problem)
    return row


def _problems(row: Notification, *, now: datetime) -> list[str]:
    """Say everything that is wrong with a row, each in a sentence."""
    found = [*_header_problems(row.headers)]
    if not row.recipients:
        found.append(Sentence(_("The notification has no recipient.")))
    if len(row.recipients) > MOST_RECIPIENTS:
        found.append(
            Sentence(_("The notification has more than %(most)d recipients."), most=MOST_RECIPIENTS)
        )
    if any(character in row.subject for character in "\r\n\0"):
        found.append(Sentence(_("The subject contains a line break.")))
    if len(row.subject) > LONGEST_SUBJECT:
        found.append(
            Sentence(_("The subject is longer than %(most)d characters."), most=LONGEST_SUBJECT)
        )
    found += [
        check_text(Sentence(field), text)
        for field, text in (
            (_("subject"), row.subject),
            (_("body"), row.text),
            (_("body"), row.html),
        )
    ]
    if len(row.from_address) > _LONGEST_FROM:
        found.append(Sentence(_("From is longer than %(most)d characters."), most=_LONGEST_FROM))
    if row.expires_at and row.expires_at <= now:
        found.append(Sentence(_("The notification has already expired.")))
    if row.key and len(row.key) > 200:  # noqa: PLR2004 - the size of the column
        found.append(Sentence(_("The idempotency key is longer than 200 characters.")))
    return [problem for problem in found if problem]


def _header_problems(headers: Sequence[Sequence[str]]) -> Iterator[str]:
    """Say what is wrong with headers: first their number, which bounds the work with each."""
    if len(headers) > MOST_HEADERS:
        yield Sentence(_("There are more than %(most)d headers."), most=MOST_HEADERS)
        return
    for name, value in headers:
        yield check_header(name, value)
        if len(value) > LONGEST_HEADER:
            text = _("The header %(name)s is longer than %(most)d characters.")
            yield Sentence(text, name=name, most=LONGEST_HEADER)
    if sum(len(text.encode(errors="replace")) for pair in headers for text in pair) > (
        MOST_HEADER_BYTES
    ):
        yield Sentence(
            _("The headers have more than %(most)d bytes together."), most=MOST_HEADER_BYTES
        )


def _addresses(field: str, given: str | Sequence[str]) -> list[str]:
    texts = [given] if isinstance(given, str) else given
    try:
        return [str(address) for text in texts for address in parse_addresses(text)]
    except AddressError as error:
        raise _at(field, error) from error


def _one_address(field: str, text: str) -> str:
    try:
        return str(parse_address(text)) if text.strip() else ""
    except AddressError as error:
        raise _at(field, error) from error


def _at(field: str, error: AddressError) -> InvalidNotification:
    return InvalidNotification(
        Sentence("%(field)s: %(problem)s", field=Sentence(field), problem=error)
    )


def check_sizes(sizes: Sequence[int], row: Notification, rules: Rules) -> None:
    """`sizes` are those of the attached files, in bytes. Raises AttachmentLimitExceeded, or
    InvalidNotification where the granted permissions cannot send that much."""
    total = sum(sizes)
    limit = rules.values.attachment_limit if total else None
    if limit is not None and total > limit:
        raise AttachmentLimitExceeded(
            Sentence(
                _LIMIT_EXCEEDED,
                subject=row.log_subject,
                total=_megabytes(total),
                limit=_megabytes(limit),
            )
        )
    if not _fits_one_request(sizes, row) and rules.sends_in_one_request:
        text = _(
            "The notification “%(subject)s” was not added to the queue: with its attachments "
            "(%(total)s) it is too large for one request to Microsoft Graph, and “Protect against "
            "duplicates and send large attachments” is off."
        )
        raise InvalidNotification(Sentence(text, subject=row.subject, total=_megabytes(total)))


def _fits_one_request(sizes: Sequence[int], row: Notification) -> bool:
    return mime_size((row.text, row.html), sizes) <= settings.LARGEST_MIME


def log_refusal(row: Notification, error: NotQueued, rules: Rules) -> None:
    """Keep in the log that a notification was not let in. `row` was never saved."""
    entry = entries.refusal(
        row,
        error=str(error),
        code=type(error).__name__,
        account=rules.account_address,
        now=timezone.now(),
    )
    entry.save()


def _megabytes(size: int) -> str:
    """The bytes stand there too, so that a total just over the limit does not look equal to it."""
    return f"{size / MEGABYTE:,.2f} MB ({size:,} bytes)"
