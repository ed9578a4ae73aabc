"""Encoding anew the parts of a carried message that Exchange would not take, or would read
wrongly: lines that are too long, and 8-bit text without a character set. Pure."""

import base64
import binascii
import io
import re

from notifications.message.header_fields import LONGEST_LINE

from .header import Field
from .reader import Part, content

_LONG = re.compile(rb"[^\r\n]{%d,}" % (LONGEST_LINE + 1))
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_MIME_FIELDS = ("content-transfer-encoding",)


def reencoded(fields: list[Field], data: bytes, message: Part) -> tuple[list[Field], bytes, bool]:
    """Return the message's fields and body, and whether something in it was encoded anew. What is
    signed or encrypted stays as it is."""
    if message.is_sealed:
        return fields, data[message.body :], False
    if not message.parts:
        if not _has_to_be(message, data):
            return fields, data[message.body :], False
        new, body = _encoded(fields, message, data)
        return new, body, True
    pieces: list[bytes] = []
    at = message.body
    for part in message.leaves():
        if _has_to_be(part, data):
            new, body = _encoded(part.fields, part, data)
            pieces += (
                data[at : part.begin],
                *(field.raw + b"\r\n" for field in new),
                b"\r\n",
                body,
            )
            at = part.end
    return fields, b"".join([*pieces, data[at:]]), bool(pieces)


def _has_to_be(part: Part, data: bytes) -> bool:
    if part.content_type.startswith(("multipart/", "message/")):
        return False
    body = data[part.body : part.end]
    return bool(_LONG.search(body)) or _lacks_charset(part, body)


def _lacks_charset(part: Part, body: bytes) -> bool:
    is_plain = part.content_type.startswith("text/") and not part.charset
    is_open = part.encoding not in ("base64", "quoted-printable")
    return is_plain and is_open and bool(_NOT_ASCII.search(body))


def _encoded(fields: list[Field], part: Part, data: bytes) -> tuple[list[Field], bytes]:
    """Return the fields of the part and its content as quoted-printable or base64."""
    decoded = b"".join(content(io.BytesIO(data), part))
    is_text = part.content_type.startswith("text/")
    if is_text:
        encoding, body = "quoted-printable", _quoted(decoded)
    else:
        encoding, body = "base64", base64.encodebytes(decoded).replace(b"\n", b"\r\n")
    kept = [field for field in fields if not field.is_one_of(_MIME_FIELDS)]
    if is_text and not part.charset and _NOT_ASCII.search(decoded):
        kept = _with_charset(kept, part, decoded)
    if not any(field.is_one_of(("mime-version",)) for field in fields) and part.begin == 0:
        kept.append(Field("MIME-Version", b"MIME-Version: 1.0"))
    name = "Content-Transfer-Encoding"
    return [*kept, Field(name, f"{name}: {encoding}".encode())], body


def _quoted(text: bytes) -> bytes:
    """Quoted-printable with CRLF; a CR alone is data."""
    lines = text.split(b"\r\n")
    quoted = [binascii.b2a_qp(line, istext=False) for line in lines]
    return b"\r\n".join(line.replace(b"=\n", b"=\r\n") for line in quoted)


def _with_charset(fields: list[Field], part: Part, text: bytes) -> list[Field]:
    """Name the character set that the bytes are in, as far as one can see."""
    try:
        text.decode()
        charset = "utf-8"
    except UnicodeDecodeError:
        charset = "windows-1252"
    parameters = b"; charset=" + charset.encode()
    given = [field for field in fields if field.is_one_of(("content-type",))]
    others = [field for field in fields if field not in given]
    is_usable = given and b"charset" not in given[0].raw.lower() and b"/" in given[0].raw
    raw = (
        given[0].raw.rstrip(b" \t;")
        if is_usable
        else b"Content-Type: " + part.content_type.encode()
    )
    return [*others, Field("Content-Type", raw + parameters)]
