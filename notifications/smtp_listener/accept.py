"""A message that has come in becomes a row of the queue: 250 is said once that is committed.

Runs in a thread, with the database. Everything that refuses raises Refused.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from notifications import wakeups
from notifications.errors import SuppressedRecipients
from notifications.log import entries
from notifications.message.addresses import Address
from notifications.message.raw.header import first, mailboxes
from notifications.message.raw.reader import (
    Contents,
    Part,
    UnreadableMessage,
    content,
    contents,
    read,
)
from notifications.message.raw.taken_apart import LARGEST_TEXT, file_name
from notifications.models import Notification, SmtpClient
from notifications.queue.intake import carried as queue
from notifications.queue.intake import suppressed
from notifications.queue.intake.admission import Rules
from notifications.queue.intake.carried import Carried
from notifications.queue.intake.suppressed import LeftOut

from . import answers, rules
from .answers import Answer, Refused
from .letter import MOST_RECEIVED, Letter
from .receipts import JOINING, Envelope, Mark
from .rules import Author


@dataclass(frozen=True, slots=True)
class Accepted:
    """`receipt` is to be marked as answered once the client goes on."""

    answer: Answer
    receipt: int | None = None


@dataclass(frozen=True, slots=True)
class _Read:
    message: Carried
    others: set[str]


def accept(envelope: Envelope, letter: Letter) -> Accepted:
    """Queue the message, or find that it is queued already. Raises Refused, and the errors of the
    database and the disk."""
    limits = Rules()
    client = SmtpClient.objects.usable().filter(pk=envelope.client).first()
    if client is None:
        raise Refused(answers.SIGN_IN_FIRST)
    root = _readable(letter)
    found = _judged(client, envelope, letter, root, limits)
    if client.dry_run:
        _log_dry_run(client, found.message)
        return Accepted(answers.DRY_RUN)
    path = letter.incoming.keep()
    with transaction.atomic():
        accepted, row = _queue(client.pk, envelope, letter, _at(found, path), limits)
    if row is None or row.due_at <= timezone.now():
        wakeups.wake()
    else:
        wakeups.send_at(wakeups.DRAIN, row.due_at)
    return accepted


def _at(found: _Read, path: str) -> _Read:
    old = found.message
    message = Carried(
        path, old.size, old.fields, old.recipients, old.from_address, old.files, old.reply_to
    )
    return _Read(message, found.others)


def _readable(letter: Letter) -> Part:
    if not letter.is_readable:
        raise Refused(answers.NO_MESSAGE)
    received = sum(field.is_one_of(("received",)) for field in letter.fields)
    if received > MOST_RECEIVED + 1:  # one of them is ours
        raise Refused(answers.LOOP)
    try:
        letter.incoming.stream.flush()
        return read(letter.incoming.stream)
    except UnreadableMessage as error:
        raise Refused(answers.NO_MESSAGE) from error


def _judged(
    client: SmtpClient, envelope: Envelope, letter: Letter, root: Part, limits: Rules
) -> _Read:
    author = rules.author(
        client, letter.fields, mail_from=envelope.mail_from, defaults=default_senders(limits)
    )
    others = rules.named_only(letter.fields, envelope.recipients)
    rules.check_header_names(client, others)
    found = contents(root)
    files = _files(letter, found)
    _check_sizes(letter, root, found, sum(size for _name, _kind, size in files), limits)
    message = Carried(
        path="-",
        size=letter.incoming.size,
        fields=letter.fields,
        recipients=envelope.recipients,
        from_address=author.from_address[:400],
        files=files,
        reply_to=_reply_to(letter, author),
    )
    return _Read(message, others)


def default_senders(limits: Rules) -> list[str]:
    """The addresses that mail leaves from where nobody wishes another."""
    account = limits.saved.account
    found = [limits.values.from_address, account.address if account else ""]
    return [each for each in found if each][:1] if limits.values.delegation else found


def _files(letter: Letter, found: Contents) -> list[tuple[str, str, int]]:
    stream = letter.incoming.stream
    return [
        (
            file_name(part, number)[:255],
            part.content_type[:100],
            sum(len(piece) for piece in content(stream, part)),
        )
        for number, part in enumerate(found.files, 1)
    ]


def _check_sizes(letter: Letter, root: Part, found: Contents, files: int, limits: Rules) -> None:
    limit = limits.values.attachment_limit
    if limit is not None and files > limit:
        raise Refused(answers.ATTACHMENTS_TOO_LARGE)
    one_request = queue.largest_request(limits.values, settings.LARGEST_MIME)
    if one_request is None or letter.incoming.size <= one_request:
        return
    if limits.sends_in_one_request:
        raise Refused(answers.TOO_LARGE)
    if root.is_sealed:
        raise Refused(answers.SEALED_AND_TOO_LARGE)
    for part in (found.text, found.html):
        if part and part.end - part.body > LARGEST_TEXT:
            raise Refused(answers.TOO_MUCH_TEXT)


def _reply_to(letter: Letter, author: Author) -> list[Address]:
    named = mailboxes(first(letter.fields, "Reply-To"))
    if named or not author.reply_to:
        return named
    return mailboxes(author.reply_to)


def _queue(
    client_pk: int, envelope: Envelope, letter: Letter, found: _Read, limits: Rules
) -> tuple[Accepted, Notification | None]:
    """Write row and receipt. The client's row is locked: of two that come at once the later one
    sees the earlier."""
    now = timezone.now()
    client = SmtpClient.objects.select_for_update().get(pk=client_pk)
    mark = Mark.of(envelope, letter)
    if before := mark.repeated(now):
        return Accepted(answers.queued(before.notification_id, before=True), before.pk), None
    if not SmtpClient.objects.count_recipients(client_pk, len(envelope.recipients), now=now):
        raise Refused(answers.DAY_IS_FULL)
    SmtpClient.objects.filter(pk=client_pk).update(last_used_at=now)
    row = _joined(mark, envelope, letter, limits, now) or _new_row(
        client, letter, found, limits, now
    )
    receipt = mark.keep(row, now)
    return Accepted(answers.queued(row.pk), receipt.pk), row


def _joined(
    mark: Mark, envelope: Envelope, letter: Letter, limits: Rules, now: datetime
) -> Notification | None:
    """Add the recipients, without those on the suppression list, to a part that waits."""
    listed = suppressed.listed_of(each.address for each in envelope.recipients)
    kept = [each for each in envelope.recipients if each.address.lower() not in listed]
    row = mark.joined(replace(envelope, recipients=kept), letter, now) if kept else None
    if row and listed:
        left_out = LeftOut([str(each) for each in envelope.recipients if each not in kept])
        suppressed.log_left_out(row, left_out, account=limits.account_address)
    return row


def _new_row(
    client: SmtpClient, letter: Letter, found: _Read, limits: Rules, now: datetime
) -> Notification:
    due_at = SmtpClient.objects.next_turn(client.pk, now=now)
    if found.others and letter.message_id:
        due_at = max(due_at, now + JOINING)
    row = queue.row_of(
        found.message,
        initiator=client.initiator,
        due_at=due_at,
        expires_at=now + timedelta(hours=client.expires_hours),
        now=now,
    )
    row.priority, row.sensitive = client.priority, client.sensitive
    try:
        left_out = suppressed.leave_out(row, limits)
    except SuppressedRecipients as error:
        raise Refused(answers.SUPPRESSED, str(error)) from error
    queue.save(row, message_id=first(letter.fields, "Message-ID"))
    if left_out:
        suppressed.log_left_out(row, left_out, account=limits.account_address)
    return row


def _log_dry_run(client: SmtpClient, message: Carried) -> None:
    now = timezone.now()
    row = queue.row_of(message, initiator=client.initiator, due_at=now, expires_at=None, now=now)
    row.sensitive = client.sensitive
    entry = entries.refusal(
        row,
        error="Dry run: accepted from the client, and not sent.",
        code="SmtpDryRun",
        account="",
        now=now,
    )
    entry.is_test = True
    entry.save()
