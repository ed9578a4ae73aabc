"""A MailMessage as MIME, and who it is from. Pure."""

import re
import secrets
from dataclasses import replace
from email.utils import formatdate

from .addresses import Address
from .charsets import BY_NAME, UTF_8, CharacterSet, NotInCharacterSet
from .file_names import safe_file_name
from .header_fields import (
    LONGEST_LINE,
    address_field,
    extra_field,
    is_field_name,
    is_structured,
    message_id_field,
    subject_field,
)
from .messages import Composed, File, Importance, MailMessage
from .mime_parts import Part, file_part, multipart, text_part
from .plain_text import html_to_text
from .sentences import Sentence
from .sentences import gettext_noop as _

__all__ = ["check_header", "check_text", "compose", "safe_file_name", "sender_address"]

# Composed from the message's own fields or decided by Exchange, never by a caller.
RESERVED_HEADERS = frozenset(
    "from sender to cc bcc subject date message-id reply-to return-path received mime-version "
    "importance apparently-to dkim-signature".split()
)
# Exchange would take recipients from Resent-Bcc; Content- describes the body, which is ours.
_RESERVED_BEGINNINGS = ("resent-", "content-", "arc-", "x-ms-exchange-organization-")
_ALLOWED_CONTENT = "content-language"
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\x85\u2028\u2029]")
_UNSENDABLE = re.compile(r"[\x00\ud800-\udfff]")
SENT_AS_UTF_8 = _(
    "Sent as Unicode (UTF-8), because %(charset)s has no “%(character)s” (U+%(code)s)."
)


def sender_address(
    *, delegation: bool, wanted: Address | None, default: Address | None, account: Address
) -> Address:
    """The From rule. Without delegation all mail leaves from the account, whatever is wanted."""
    if not delegation:
        return account
    return wanted or default or account


def compose(message: MailMessage) -> Composed:
    """The message as MIME with CRLF line ends, Bcc included: Exchange takes the recipients
    of a MIME submission from its headers and removes Bcc itself.

    Raises ValueError for what outbox must not let through: a line break in a header.
    """
    message = _with_texts(message)
    message, charset, note = _in_usable_charset(message)
    fields = _fields(message, charset)
    body = _with_attachments(message, charset, boundary=f"=_{secrets.token_hex(12)}")
    head = "\r\n".join((*fields, "MIME-Version: 1.0", ""))
    return Composed(head.encode("ascii") + body.mime(), charset.name, note)


def check_header(name: str, value: str) -> str:
    """Why a header may not be set, or "" if it may."""
    if not is_field_name(name):
        return Sentence(_("“%(name)s” is not a header name."), name=name)
    lowered = name.lower()
    reserved = lowered.startswith(_RESERVED_BEGINNINGS) and lowered != _ALLOWED_CONTENT
    if reserved or lowered in RESERVED_HEADERS:
        return Sentence(_("The header %(name)s is set by the connector."), name=name)
    if _CONTROL.search(value):
        return Sentence(
            _("The header %(name)s contains a line break or another control character."), name=name
        )
    if is_structured(name) and not value.isascii():
        return Sentence(_("The header %(name)s may contain ASCII characters only."), name=name)
    longest = max(map(len, value.split()), default=0)
    if is_structured(name) and longest > LONGEST_LINE - len(name) - 2:
        return Sentence(
            _("The header %(name)s contains a word of more than 900 characters."), name=name
        )
    return check_text(Sentence(_("header %(name)s"), name=name), value)


def check_text(field: str, text: str) -> str:
    """Why a text cannot be sent, or "" if it can. `field` as in “The body contains …”, a sentence
    if it is to be translated."""
    found = _UNSENDABLE.search(text)
    if not found:
        return ""
    if found.group() == "\0":
        text = _("The %(field)s contains a NUL character at position %(position)d.")
    else:
        text = _(
            "The %(field)s contains half a character (a lone surrogate) at position %(position)d."
        )
    return Sentence(text, field=field, position=found.start() + 1)


def _with_texts(message: MailMessage) -> MailMessage:
    """With a text body for every reader. What `check_text` refuses becomes U+FFFD here:
    a message that got into the queue some other way should still arrive."""
    text = message.text
    if not text.strip() and message.html:
        text = html_to_text(message.html)
    html = "" if message.plain_text_only else message.html
    subject = message.subject
    if _UNSENDABLE.search(text) or _UNSENDABLE.search(html) or _UNSENDABLE.search(subject):
        text, html = _UNSENDABLE.sub("\ufffd", text), _UNSENDABLE.sub("\ufffd", html)
        subject = _UNSENDABLE.sub("\ufffd", subject)
    return replace(message, subject=subject, text=text, html=html)


def _in_usable_charset(message: MailMessage) -> tuple[MailMessage, CharacterSet, str]:
    """The message as its character set can write it; in UTF-8, with the reason, where it
    cannot."""
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
        return message, UTF_8, SENT_AS_UTF_8 % values


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
    return fields + [extra_field(name, value, UTF_8) for name, value in message.headers]


def _with_attachments(message: MailMessage, charset: CharacterSet, *, boundary: str) -> Part:
    """Files with a content id are inline images where there is HTML to show them in."""
    inline: list[File] = []
    attached: list[File] = []
    for file in message.files:
        (inline if file.content_id and message.html else attached).append(file)
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
