"""Writing a MailMessage as MIME. Pure."""

import secrets
from dataclasses import replace
from email.utils import formatdate

from notifications.i18n import gettext_noop as _
from notifications.i18n import storable

from .addresses import Address
from .charsets import BY_NAME, UTF_8, CharacterSet, NotInCharacterSet
from .header_fields import address_field, extra_field, message_id_field, subject_field
from .html_to_text import html_to_text
from .inline import with_inline_files
from .message import Composed, File, Importance, MailMessage
from .mime_parts import Part, file_part, multipart, text_part
from .raw.carry import carry
from .unsafe_characters import UNSENDABLE

_SENT_AS_UTF_8 = storable(
    _("Sent as Unicode (UTF-8), because %(charset)s has no “%(character)s” (U+%(code)s)."),
    sentences=["charset"],
)
# These keep robots from answering each other (RFC 3834; MS-OXCMAIL names the second, which
# Exchange heeds). A header of the application's own goes before.
_ON_EACH_MESSAGE = {
    "Auto-Submitted": "auto-generated",
    "X-Auto-Response-Suppress": "OOF, AutoReply",
}


def compose(message: MailMessage) -> Composed:
    """Write the message as MIME with CRLF line ends. It includes Bcc: Exchange takes the recipients
    of a MIME submission from its headers, and then removes Bcc.

    A carried message is changed where it has to be (carry.py). Raises ValueError for a line break
    in a header, which outbox must not let through.
    """
    if message.raw:
        return carry(message)
    message = with_inline_files(_with_texts(message))
    message, charset, note = _in_usable_charset(message)
    fields = _fields(message, charset)
    body = _with_attachments(message, charset, boundary=f"=_{secrets.token_hex(12)}")
    head = "\r\n".join((*fields, "MIME-Version: 1.0", ""))
    # Letters outside ASCII before an @ have no other form than UTF-8 (RFC 6532).
    codec = "utf-8" if _needs_utf_8(message) else "ascii"
    return Composed(head.encode(codec) + body.mime(), charset.name, note)


def _needs_utf_8(message: MailMessage) -> bool:
    written = (message.from_, *message.recipients, *message.reply_to)
    return not all(each.address.isascii() for each in written)


def _with_texts(message: MailMessage) -> MailMessage:
    """Add a text body for readers without HTML. Characters that `check_text` refuses become U+FFFD:
    a message that got into the queue some other way should still arrive."""
    text = message.text
    if not text.strip() and message.html:
        text = html_to_text(message.html)
    html = "" if message.plain_text_only else message.html
    subject = message.subject
    if UNSENDABLE.search(text) or UNSENDABLE.search(html) or UNSENDABLE.search(subject):
        text, html = UNSENDABLE.sub("\ufffd", text), UNSENDABLE.sub("\ufffd", html)
        subject = UNSENDABLE.sub("\ufffd", subject)
    return replace(message, subject=subject, text=text, html=html)


def _in_usable_charset(message: MailMessage) -> tuple[MailMessage, CharacterSet, str]:
    """Return the message as its character set can write it, else in UTF-8 with the reason."""
    wanted = BY_NAME[message.charset]
    if wanted is UTF_8:
        return message, UTF_8, ""

    def named(addresses: tuple[Address, ...]) -> tuple[Address, ...]:
        return tuple(replace(a, name=wanted.representable(a.name)) for a in addresses)

    try:
        return (
            replace(
                message,
                subject=wanted.representable(message.subject),
                text=wanted.representable(message.text),
                html=wanted.representable(message.html),
                from_=named((message.from_,))[0],
                to=named(message.to),
                cc=named(message.cc),
                bcc=named(message.bcc),
                reply_to=named(message.reply_to),
            ),
            wanted,
            "",
        )
    except NotInCharacterSet as error:
        missing = str(error)
        code = f"{ord(missing):04X}"
        values = {"charset": wanted.label, "character": missing, "code": code}
        return message, UTF_8, _SENT_AS_UTF_8 % values


def _fields(message: MailMessage, charset: CharacterSet) -> list[str]:
    lists = {
        "From": (message.from_,),
        "To": message.to,
        "Cc": message.cc,
        "Bcc": message.bcc,
        "Reply-To": message.reply_to,
    }
    fields = [address_field(name, some, charset) for name, some in lists.items() if some]
    fields += [
        subject_field(message.subject, charset),
        f"Date: {formatdate(localtime=True)}",
        message_id_field(message.message_id),
    ]
    if message.importance is not Importance.NORMAL:
        fields.append(f"Importance: {message.importance.value}")
    given = {name.lower() for name, _value in message.headers}
    usual = [each for each in _ON_EACH_MESSAGE.items() if each[0].lower() not in given]
    return fields + [extra_field(name, value, UTF_8) for name, value in (*message.headers, *usual)]


def _with_attachments(message: MailMessage, charset: CharacterSet, *, boundary: str) -> Part:
    """Add the files; one that still has a content id is shown within the HTML."""
    inline: list[File] = []
    attached: list[File] = []
    for file in message.files:
        (inline if file.content_id else attached).append(file)
    body = text_part(message.text, "plain", charset)
    if message.html:
        html = text_part(message.html, "html", charset)
        if inline:
            images = [file_part(file, inline=True) for file in inline]
            html = multipart("related", [html, *images], boundary=f"{boundary}r")
        body = multipart("alternative", [body, html], boundary=f"{boundary}a")
    if not attached:
        return body
    files = [file_part(file, inline=False) for file in attached]
    return multipart("mixed", [body, *files], boundary=f"{boundary}m")
