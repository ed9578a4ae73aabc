"""Reading MIME: the parts of a message that was handed in, found in one pass over its stream. Pure.

Only headers are kept in memory. A part knows where its content lies, and `content` decodes it in
pieces.
"""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from typing import BinaryIO

from notifications.message.encoded_words import decoded

from .header import Field, first, split_header

MOST_PARTS, DEEPEST = 1000, 40
LONGEST_HEADER = 256 * 1024  # bytes of one header; all together may have four times as many
_LINE = 64 * 1024
_PIECE = 3 * 64 * 1024  # a multiple of 3 and of 4
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_SEALED = ("multipart/signed", "multipart/encrypted")
_SEALED_WHOLE = ("application/pkcs7-mime", "application/x-pkcs7-mime")


class UnreadableMessage(Exception):  # noqa: N818 - reads as what it is
    """This is no message, or one that is made to be a burden."""


@dataclass(slots=True)
class Part:
    """A message or a part of one: its header begins at `begin`, its body is `body` to `end`."""

    begin: int
    body: int = 0
    end: int = 0
    fields: list[Field] = field(default_factory=list)
    parts: list["Part"] = field(default_factory=list)
    _described: Message | None = None

    @property
    def described(self) -> Message:
        """What the MIME fields say, as Python's reader understands them."""
        if self._described is None:
            self._described = Message()
            for name in ("Content-Type", "Content-Disposition"):
                if value := first(self.fields, name):
                    self._described[name] = value
        return self._described

    @property
    def content_type(self) -> str:
        return self.described.get_content_type()

    @property
    def encoding(self) -> str:
        return first(self.fields, "Content-Transfer-Encoding").partition(";")[0].strip().lower()

    @property
    def boundary(self) -> bytes:
        if not self.content_type.startswith("multipart/"):
            return b""
        try:
            return (self.described.get_boundary() or "").encode("utf-8", "surrogateescape")
        except (LookupError, ValueError):
            return b""

    @property
    def charset(self) -> str:
        """The character set that it names, or ""."""
        try:
            return self.described.get_content_charset() or ""
        except (LookupError, ValueError):
            return ""

    @property
    def file_name(self) -> str:
        try:
            return decoded(self.described.get_filename() or "")
        except (LookupError, ValueError):
            return ""

    @property
    def content_id(self) -> str:
        return first(self.fields, "Content-ID")

    @property
    def is_text(self) -> bool:
        """Say whether it is shown as the message's text rather than as a file."""
        is_file = self.file_name or self.described.get_content_disposition() == "attachment"
        return self.content_type in ("text/plain", "text/html") and not is_file

    def walk(self) -> Iterator["Part"]:
        yield self
        for part in self.parts:
            yield from part.walk()

    def leaves(self) -> list["Part"]:
        return [part for part in self.walk() if not part.parts]

    @property
    def is_sealed(self) -> bool:
        """Say whether it is signed or encrypted, so that any change would break it."""
        whole = self.content_type in _SEALED_WHOLE
        return whole or any(part.content_type in _SEALED for part in self.walk())


@dataclass(frozen=True, slots=True)
class Contents:
    """What a message consists of: its bodies, and the parts that are files."""

    text: Part | None
    html: Part | None
    files: list[Part]


def contents(message: Part) -> Contents:
    bodies: dict[str, Part] = {}
    files = []
    for part in message.leaves():
        if part.is_text and part.content_type not in bodies:
            bodies[part.content_type] = part
        elif part.body < part.end or part.file_name:
            files.append(part)
    return Contents(bodies.get("text/plain"), bodies.get("text/html"), files)


def read(stream: BinaryIO) -> Part:
    """Find the parts of a message with lines that end in CRLF. Raises UnreadableMessage."""
    return _Reading(stream).run()


class _Reading:
    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._at = 0
        self._count = 0
        self._headers = 0
        self._message = Part(0)
        # The parts that are open, the innermost one last, with the line that parts its parts.
        self._open: list[tuple[Part, bytes]] = []

    def run(self) -> Part:
        self._stream.seek(0)
        self._begin(self._message)
        line_end, is_whole = 0, True  # octets of the line end before, which belongs to a boundary
        while line := self._stream.readline(_LINE):
            begins, self._at = self._at, self._at + len(line)
            is_found = is_whole and line.startswith(b"--")
            is_found = is_found and self._is_boundary(line, begins - line_end)
            is_whole = line.endswith(b"\n")
            line_end = 2 if line.endswith(b"\r\n") and not is_found else 0
        for part, _line in self._open:
            part.end = self._at
        return self._message

    def _begin(self, part: Part) -> None:
        """Read the header of a part that begins here."""
        self._count += 1
        header = self._header()
        self._headers += len(header)
        if self._count > MOST_PARTS or self._headers > 4 * LONGEST_HEADER:
            raise UnreadableMessage
        part.fields, length = split_header(header)
        part.body = self._at = part.begin + length
        self._stream.seek(self._at)
        line = b"--" + part.boundary if part.boundary else b""
        self._open.append((part, line if len(self._open) < DEEPEST else b""))

    def _header(self) -> bytes:
        lines, length = [], 0
        while (line := self._stream.readline(_LINE)) and not self._ends(line):
            lines.append(line)
            length += len(line)
            if length > LONGEST_HEADER:
                raise UnreadableMessage
        return b"".join([*lines, line if line == b"\r\n" else b""])

    def _ends(self, line: bytes) -> bool:
        """Say whether a line ends a header: it is empty, or parts the parts around."""
        return line == b"\r\n" or (line.startswith(b"--") and self._boundary_of(line) is not None)

    def _boundary_of(self, line: bytes) -> tuple[int, bool] | None:
        """Return which open part the line parts, and whether it ends it."""
        text = line.rstrip(b" \t\r\n")
        for level in range(len(self._open) - 1, -1, -1):
            boundary = self._open[level][1]
            if boundary and text in (boundary, boundary + b"--"):
                return level, text != boundary
        return None

    def _is_boundary(self, line: bytes, end: int) -> bool:
        found = self._boundary_of(line)
        if found is None:
            return False
        level, is_last = found
        for part, _boundary in self._open[level + 1 :]:
            part.end = max(part.body, end)
        del self._open[level + 1 :]
        parent, _boundary = self._open[level]
        if is_last:
            self._open[level] = (parent, b"")  # what follows is nobody's
        else:
            part = Part(self._at)
            parent.parts.append(part)
            self._begin(part)
        return True


def content(stream: BinaryIO, part: Part) -> Iterator[bytes]:
    """Yield the content of a part, decoded, in pieces."""
    pieces = _raw(stream, part)
    if part.encoding == "base64":
        return _from_base64(pieces)
    if part.encoding == "quoted-printable":
        return _from_quoted(pieces)
    return pieces


def text_of(stream: BinaryIO, part: Part | None, *, most: int) -> str:
    """Return a text part as text, at most its first `most` bytes."""
    if part is None:
        return ""
    data = b""
    for piece in content(stream, part):
        data += piece
        if len(data) >= most:
            break
    return decoded_text(data[:most], part.charset).replace("\r\n", "\n")


def decoded_text(data: bytes, charset: str) -> str:
    """Decode a text as its character set says, else as UTF-8, else as old devices write."""
    for name in (charset, "utf-8"):
        try:
            return data.decode(name) if name else data.decode("utf-8")
        except (LookupError, ValueError):
            continue
    return data.decode("cp1252", "replace")


def _raw(stream: BinaryIO, part: Part) -> Iterator[bytes]:
    at = part.body
    while at < part.end:
        stream.seek(at)
        piece = stream.read(min(_PIECE, part.end - at))
        if not piece:
            return
        at += len(piece)
        yield piece


def _from_base64(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Decode what is there: signs that do not belong are passed over, as readers do."""
    rest = b""
    for piece in pieces:
        data = rest + _NOT_BASE64.sub(b"", piece)
        whole = len(data) // 4 * 4
        rest = data[whole:]
        yield binascii.a2b_base64(data[:whole])
    if len(rest) > 1:
        yield binascii.a2b_base64(rest + b"=" * (4 - len(rest)))


def _from_quoted(pieces: Iterator[bytes]) -> Iterator[bytes]:
    rest = b""
    for piece in pieces:
        lines = (rest + piece).rpartition(b"\n")
        rest = lines[2]
        yield binascii.a2b_qp(lines[0] + lines[1])
    yield binascii.a2b_qp(rest)
