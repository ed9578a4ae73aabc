"""The parts of a MIME message, written straight to bytes (RFC 2045, 2046). Pure.

Python's email package takes several times the CPU, and it folds headers in its own way. Every part
is 7bit, so that no server on the way has a reason to change it.
"""

import binascii
import re
from dataclasses import dataclass

from .charsets import CharacterSet
from .content_types import UNKNOWN, clean_content_type
from .file_names import content_type_name, disposition_name, safe_file_name
from .message import File
from .unsafe_characters import UNSAFE

_LONGEST_CONTENT_ID = 900  # it cannot be folded
# No quotes: a reader would take one for the beginning of a quoted string.
_CONTENT_ID = re.compile(rf"[!#-;=?-~]{{1,{_LONGEST_CONTENT_ID}}}")
_AROUND_AN_ID = "<> \u00a0"  # other white space is UNSAFE
_BASE64_LINE = 57  # octets, which make 76 characters
# Base64 is shorter than quoted-printable if more than one octet in six is outside ASCII.
_BASE64_SHARE = 6
_ASCII = bytes(range(128))


@dataclass(frozen=True, slots=True)
class Part:
    """`header` lacks the empty line that ends it; lines of both end in CRLF."""

    header: str
    body: bytes

    def mime(self) -> bytes:
        return self.header.encode("ascii") + b"\r\n" + self.body


def text_part(text: str, subtype: str, charset: CharacterSet) -> Part:
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    if not lines.endswith("\n"):
        lines += "\n"
    data = lines.replace("\n", "\r\n").encode(charset.codec)
    others = len(data.translate(None, _ASCII))
    if others * _BASE64_SHARE > len(data):
        encoding, body = "base64", _base64(data)
    else:
        encoding, body = "quoted-printable", binascii.b2a_qp(data)
    header = (
        f'Content-Type: text/{subtype}; charset="{charset.name}"\r\n'
        f"Content-Transfer-Encoding: {encoding}\r\n"
    )
    return Part(header, body)


def file_part(file: File, *, inline: bool) -> Part:
    """Return the file as a part in base64, in which it arrives byte for byte."""
    name = attached_name(file)
    header = (
        f"Content-Type: {_content_type(file)};{content_type_name(name)}\r\n"
        "Content-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: {'inline' if inline else 'attachment'};{disposition_name(name)}\r\n"
    )
    if inline:
        if not is_content_id(file.content_id):
            raise ValueError("not a content id")
        header += f"Content-ID: <{file.content_id}>\r\n"
    return Part(header, _base64(file.read()))


def multipart(subtype: str, parts: list[Part], *, boundary: str) -> Part:
    """`boundary` begins with "=_", which neither quoted-printable nor base64 can contain."""
    kind = ';\r\n type="text/html"' if subtype == "related" else ""
    header = f'Content-Type: multipart/{subtype}; boundary="{boundary}"{kind}\r\n'
    line = f"--{boundary}".encode("ascii")
    pieces: list[bytes] = []
    for part in parts:
        pieces += (line, b"\r\n", part.header.encode("ascii"), b"\r\n", part.body, b"\r\n")
    return Part(header, b"".join((*pieces, line, b"--\r\n")))


def attached_name(file: File) -> str:
    """Return the name; an attached message gets the extension that opens it in mail programs. It
    travels as a file, because a message/rfc822 part may not be encoded (RFC 2046 5.2.1) and
    Exchange would write its content anew."""
    name = safe_file_name(file.name)
    is_message = file.content_type.lower().startswith(("message/rfc822", "message/global"))
    return name if not is_message or name.lower().endswith(".eml") else f"{name}.eml"


def clean_content_id(text: str) -> str:
    """Return a content id as it is kept, without <> around it."""
    return UNSAFE.sub("", text).strip(_AROUND_AN_ID)


def is_content_id(text: str) -> bool:
    """Say whether it can stand in a header."""
    return bool(_CONTENT_ID.fullmatch(text))


def _content_type(file: File) -> str:
    clean = clean_content_type(file.content_type)
    is_of_parts = clean.startswith(("multipart/", "message/"))
    return UNKNOWN if not clean or is_of_parts else clean


def _base64(data: bytes) -> bytes:
    encode = binascii.b2a_base64
    lines = [
        encode(data[start : start + _BASE64_LINE], newline=False)
        for start in range(0, len(data), _BASE64_LINE)
    ]
    return b"\r\n".join((*lines, b""))
