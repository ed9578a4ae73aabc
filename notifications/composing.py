"""A MailMessage as MIME (RFC 5322, 2045, 2047, 2231), and who it is from. Pure.

The classic MIME classes are used, not email.message.EmailMessage: they are several
times faster and leave headers exactly as given. Line breaks can never reach a header:
`header_value` refuses them, whatever was checked before.
"""

import re
from email import charset as email_charset
from email import encoders
from email.generator import BytesGenerator
from email.header import Header
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.policy import compat32
from email.utils import format_datetime, localtime
from io import BytesIO
from pathlib import PureWindowsPath

from .addresses import Address
from .charsets import BY_NAME, UTF_8, CharacterSet
from .messages import Composed, File, Importance, MailMessage
from .plain_text import html_to_text

_POLICY = compat32.clone(linesep="\r\n", max_line_length=78)
_HEADER_NAME = re.compile(r"[!-9;-~]+")
# Composed from the message's own fields or decided by Exchange, never by a caller.
RESERVED_HEADERS = frozenset(
    "from sender to cc bcc subject date message-id reply-to return-path received mime-version "
    "content-type content-transfer-encoding content-disposition content-id importance".split()
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
    of a MIME submission from its headers and removes Bcc itself."""
    charset, note = _usable_charset(message)
    root = _with_attachments(message, charset)
    for name, value in _headers(message, charset):
        root[name] = value
    buffer = BytesIO()
    BytesGenerator(buffer, mangle_from_=False, policy=_POLICY).flatten(root)
    return Composed(buffer.getvalue(), charset.name, note)


def check_header(name: str, value: str) -> str:
    """Why a header may not be set, or "" if it may."""
    if not _HEADER_NAME.fullmatch(name):
        return f"“{name}” is not a header name."
    if name.lower() in RESERVED_HEADERS:
        return f"The header {name} is set by the connector."
    if re.search(r"[\x00-\x08\x0a-\x1f\x7f]", value):
        return f"The header {name} contains a line break or another control character."
    return ""


def header_value(value: str) -> str:
    """The last guard against header injection."""
    if re.search(r"[\r\n\x00]", value):
        raise ValueError("a header value may not contain a line break")
    return value


def _usable_charset(message: MailMessage) -> tuple[CharacterSet, str]:
    wanted = BY_NAME[message.charset]
    if wanted is UTF_8:
        return UTF_8, ""
    texts = [message.subject, _text_body(message), message.html]
    texts += [a.name for a in (message.from_, *message.to, *message.cc, *message.reply_to)]
    for text in texts:
        try:
            text.encode(wanted.codec)
        except UnicodeEncodeError as error:
            missing = text[error.start]
            return UTF_8, (
                f"Sent as Unicode (UTF-8), because {wanted.label} has no “{missing}” "
                f"(U+{ord(missing):04X})."
            )
    return wanted, ""


def _text_body(message: MailMessage) -> str:
    return message.text or html_to_text(message.html)


def _with_attachments(message: MailMessage, charset: CharacterSet) -> Message:
    inline = [f for f in message.files if f.content_id and not message.plain_text_only]
    attached = [f for f in message.files if f not in inline]
    body = _body(message, charset, inline)
    if not attached:
        return body
    mixed = MIMEMultipart("mixed", policy=_POLICY)
    mixed.attach(body)
    for file in attached:
        mixed.attach(_file_part(file, "attachment"))
    return mixed


def _body(message: MailMessage, charset: CharacterSet, inline: list[File]) -> Message:
    text = _text_part(_text_body(message), "plain", charset)
    if message.plain_text_only or not message.html:
        return text
    html = _text_part(message.html, "html", charset)
    if inline:
        related = MIMEMultipart("related", policy=_POLICY)
        related.attach(html)
        for file in inline:
            related.attach(_file_part(file, "inline"))
        html = related
    alternative = MIMEMultipart("alternative", policy=_POLICY)
    alternative.attach(text)
    alternative.attach(html)
    return alternative


def _text_part(text: str, subtype: str, charset: CharacterSet) -> Message:
    content = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")
    data = (content if content.endswith("\r\n") else content + "\r\n").encode(charset.codec)
    part = MIMENonMultipart("text", subtype, policy=_POLICY, charset=charset.name)
    part.set_payload(data)
    # Quoted-printable keeps mostly-ASCII text readable in the source; base64 is
    # shorter for the rest. Both stay 7bit and bound the line length.
    if sum(byte > 126 for byte in data) * 6 > len(data):  # noqa: PLR2004 - ASCII ends there
        encoders.encode_base64(part)
    else:
        _encode_quoted_printable(part, data)
    return part


def _encode_quoted_printable(part: Message, data: bytes) -> None:
    encoded = email_charset.Charset("iso-8859-1")
    encoded.body_encoding = email_charset.QP
    # The codec of Charset works line by line on text: latin-1 carries the bytes through.
    lines = data.decode("latin-1").replace("\r\n", "\n")
    part.set_payload(encoded.body_encode(lines).replace("\r\n", "\n"))
    part["Content-Transfer-Encoding"] = "quoted-printable"


def _file_part(file: File, disposition: str) -> Message:
    maintype, _, subtype = file.content_type.partition("/")
    if maintype in ("multipart", "message", "") or not subtype:
        # A nested message has to travel as bytes, or a gateway may rewrite it.
        maintype, subtype = "application", "octet-stream"
    part = MIMEBase(maintype, subtype, policy=_POLICY)
    part.set_payload(file.read())
    encoders.encode_base64(part)
    name = safe_file_name(file.name)
    if name.isascii():
        part.set_param("name", name)
        part.add_header("Content-Disposition", disposition, filename=name)
    else:
        # RFC 2231 for everybody, and an encoded word in "name" for old Outlooks.
        part.set_param("name", Header(name, "utf-8", maxlinelen=10_000).encode())
        part.add_header("Content-Disposition", disposition, filename=("utf-8", "", name))
    if file.content_id:
        part["Content-ID"] = f"<{header_value(file.content_id)}>"
    return part


def safe_file_name(name: str) -> str:
    """The last part of a path, POSIX or Windows, without control characters; never empty."""
    bare = re.sub(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]", "", PureWindowsPath(name).name)
    return bare.strip().strip(".") or "attachment"


def _headers(message: MailMessage, charset: CharacterSet) -> list[tuple[str, str | Header]]:
    headers: list[tuple[str, str | Header]] = [
        ("From", _address_header("From", (message.from_,), charset)),
        ("To", _address_header("To", message.to, charset)),
        ("Cc", _address_header("Cc", message.cc, charset)),
        ("Bcc", _address_header("Bcc", message.bcc, charset)),
        ("Reply-To", _address_header("Reply-To", message.reply_to, charset)),
        ("Subject", _text_header("Subject", message.subject, charset)),
        ("Message-ID", header_value(message.message_id)),
        ("Date", format_datetime(localtime())),
    ]
    if message.importance is not Importance.NORMAL:
        headers.append(("Importance", message.importance.value))
    headers += [(name, _text_header(name, value, UTF_8)) for name, value in message.headers]
    return [(name, value) for name, value in headers if value or name == "Subject"]


def _address_header(name: str, addresses: tuple[Address, ...], charset: CharacterSet) -> str:
    """A list folded between addresses, so that no line grows with their number."""
    encoded = [header_value(address.header(_header_charset(charset))) for address in addresses]
    return ",\r\n ".join(encoded)


def _text_header(name: str, value: str, charset: CharacterSet) -> str | Header:
    header_value(value)
    if value.isascii():
        return Header(value, "us-ascii", header_name=name)
    return Header(value, _header_charset(charset), header_name=name)


def _header_charset(charset: CharacterSet) -> str:
    """The set of encoded words: the message's own, or UTF-8 where Python's e-mail package
    has no codec of that name or would quietly write another set (Japanese)."""
    return "utf-8" if charset.name in ("iso-8859-8-i", "shift_jis", "euc-jp") else charset.name
