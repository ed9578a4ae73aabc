"""Making a carried message leave: one that was handed in as MIME, and goes on as it came. Pure.

Its header is changed where the envelope and the settings of now decide, its body where Exchange
would not take it. Exchange has no envelope: it takes the recipients from To, Cc and Bcc.
"""

import io
from collections.abc import Sequence

from notifications.i18n import gettext_noop as _
from notifications.i18n import storable
from notifications.message.addresses import Address
from notifications.message.charsets import UTF_8
from notifications.message.header_fields import address_field, extra_field, message_id_field
from notifications.message.message import Composed, MailMessage

from .header import Field, comparable, first, mailboxes, named, split_header
from .reader import read
from .reencode import reencoded

# Exchange signs and names anew, decides the sender and the receipts, and would take recipients from
# the Resent fields.
_REMOVED = frozenset(
    "bcc return-path sender dkim-signature apparently-to disposition-notification-to "
    "return-receipt-to read-receipt-to x-confirm-reading-to generate-delivery-report".split()
)
_REMOVED_BEGINNINGS = ("resent-", "x-ms-exchange-")
ALSO_TO, FORMER_ID = "X-Mail-Connector-Also-To", "X-Mail-Connector-Message-ID"
_OURS = frozenset([ALSO_TO.lower(), FORMER_ID.lower()])
_MOST_NAMED = 50
UNDISCLOSED = b"To: undisclosed-recipients:;"

LEFT_OUT = storable(
    _("Named in the header and not a recipient, so removed from it: %(addresses)s.")
)
SENT_FROM = storable(
    _("From was %(former)s; sent from %(sender)s because of 'From' address delegation.")
)
REENCODED = storable(
    _("Parts with lines that are too long, or without a character set, were encoded anew.")
)


def carry(message: MailMessage) -> Composed:
    """Write the message as it leaves. `message.raw` is there; its lines end in CRLF."""
    data = message.raw.read() if message.raw else b""
    fields, _body = split_header(data)
    fields, notes = header(fields, message)
    part = read(io.BytesIO(data))
    fields, body, is_changed = reencoded(fields, data, part)
    if is_changed:
        notes.append(REENCODED)
    lines = [field.raw for field in fields]
    return Composed(b"\r\n".join([*lines, b"", body]), "", "\n".join(notes))


def header(fields: list[Field], message: MailMessage) -> tuple[list[Field], list[str]]:
    """Return the fields with which a message leaves, and what the log says about it."""
    kept = [field for field in fields if not is_removed(field)]
    kept, left_out = _to_recipients(kept, {comparable(a.address) for a in message.recipients})
    kept, former = _from_sender(kept, message)
    kept = _with_message_id(kept, message)
    ours = _bcc(kept, message)
    notes = []
    if left_out:
        names = ", ".join(left_out[:_MOST_NAMED])
        ours.append(_field(extra_field(ALSO_TO, names, UTF_8)))
        notes.append(LEFT_OUT % {"addresses": names})
    if former:
        notes.append(SENT_FROM % {"former": former, "sender": message.from_})
    return [*ours, *kept], notes


def is_removed(field: Field) -> bool:
    name = field.name.lower()
    return name in _REMOVED or name in _OURS or name.startswith(_REMOVED_BEGINNINGS)


def former_from(fields: Sequence[Field], sender: Address) -> Address | None:
    """Return the From that the message came with, if it leaves from another address."""
    found = mailboxes(first(fields, "From"))
    return found[0] if found and not found[0].same_mailbox(sender.address) else None


def is_answered_elsewhere(fields: Sequence[Field]) -> bool:
    """Say whether the message itself says who gets the answers."""
    return bool(mailboxes(first(fields, "Reply-To")))


def _field(text: str) -> Field:
    return Field(text.partition(":")[0], text.encode())


def _to_recipients(fields: list[Field], recipients: set[str]) -> tuple[list[Field], list[str]]:
    """Leave nobody in To and Cc who is no recipient. A field that names recipients only stays as it
    came; so does one that names nobody."""
    kept: list[Field] = []
    left_out: list[str] = []
    is_empty = False
    for field in fields:
        if not field.is_one_of(("to", "cc")):
            kept.append(field)
            continue
        value = field.value
        others = named(value) - recipients
        if not others:
            kept.append(field)
            continue
        left_out += [other for other in sorted(others) if "@" in other]
        meant = [each for each in mailboxes(value) if comparable(each.address) in recipients]
        name = "To" if field.is_one_of(("to",)) else "Cc"
        if meant:
            kept.append(_field(address_field(name, meant, UTF_8)))
        is_empty = is_empty or not meant
    if is_empty and not any(field.is_one_of(("to", "cc")) for field in kept):
        kept.append(Field("To", UNDISCLOSED))
    return kept, list(dict.fromkeys(left_out))


def _from_sender(fields: list[Field], message: MailMessage) -> tuple[list[Field], Address | None]:
    """Let From name the sender that the settings allow. Who was named instead gets the answers."""
    sender = message.from_
    former = former_from(fields, sender)
    froms = [field for field in fields if field.is_one_of(("from",))]
    is_right = len(froms) == 1 and named(froms[0].value) == {comparable(sender.address)}
    if is_right and mailboxes(froms[0].value):
        return fields, None
    found = mailboxes(first(froms, "From"))
    same = next((each for each in found if each.same_mailbox(sender.address)), None)
    ours = _field(address_field("From", [same or sender], UTF_8))
    others = [field for field in fields if field not in froms]
    if former and not is_answered_elsewhere(fields):
        others = [field for field in others if not field.is_one_of(("reply-to",))]
        others.insert(0, _field(address_field("Reply-To", [former], UTF_8)))
    return [ours, *others], former


def _with_message_id(fields: list[Field], message: MailMessage) -> list[Field]:
    """Give the message the id by which a doubt is settled. One that it may not keep is named in a
    header of ours."""
    found = [field for field in fields if field.is_one_of(("message-id",))]
    if len(found) == 1 and found[0].value == message.message_id:
        return fields
    kept = [field for field in fields if field not in found]
    ours = [_field(message_id_field(message.message_id))]
    former = first(found, "Message-ID")
    if former and former != message.message_id:
        text = "".join(each if each.isprintable() else " " for each in former)
        ours.append(_field(extra_field(FORMER_ID, text[:500], UTF_8)))
    return [*ours, *kept]


def _bcc(fields: list[Field], message: MailMessage) -> list[Field]:
    """Name in Bcc who gets the message and is named nowhere else."""
    lists = (field.value for field in fields if field.is_one_of(("to", "cc")))
    shown = {comparable(each.address) for value in lists for each in mailboxes(value)}
    hidden = [each for each in message.recipients if comparable(each.address) not in shown]
    return [_field(address_field("Bcc", hidden, UTF_8))] if hidden else []
