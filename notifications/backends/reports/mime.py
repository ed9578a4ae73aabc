"""The parts of a report, read by the standard library with its old policy: the newer one raises on
reports that servers really write. Pure.

Everything in a report may be hostile. What is read is bounded, and what cannot be read is no
report.
"""

import email.parser
import re
from collections.abc import Iterator
from email.errors import MissingHeaderBodySeparatorDefect
from email.message import Message
from email.policy import Compat32
from typing import Any

from notifications.backends.errors import line
from notifications.message.encoded_words import decoded

# The status stands before the returned message, so the end of a large one is not needed.
MOST_BYTES = 1_000_000
_LONGEST_HEADER = 8000
_DEEPEST = 10
_TOO_DEEP = "application/octet-stream"
_STATUS = re.compile(r"\s*message/(global-)?delivery-status\b", re.I)
_STATUS_AS_TEXT = "text/x-delivery-status"
# The standard library raises these for messages that are broken on purpose.
BROKEN = (ValueError, TypeError, LookupError, AttributeError, RecursionError, AssertionError)


class _Part(Message):
    """A part that stands too deep has no parts of its own: the standard library tries each line
    against the boundaries of all the parts that it stands in."""

    depth = 0

    def attach(self, payload: Any) -> None:
        payload.depth = self.depth + 1
        super().attach(payload)

    def get_content_type(self) -> str:
        kind = super().get_content_type()
        has_parts = kind.startswith(("multipart/", "message/"))
        return _TOO_DEEP if has_parts and self.depth >= _DEEPEST else kind


class _Bounded(Compat32):
    """Cut each header as it is read: the standard library takes minutes for the parameters of a
    long one. And let a status be a text: it would make a message of each empty line in it, before
    it has decoded any."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        if name.lower() == "content-type" and _STATUS.match(value):
            return name, _STATUS_AS_TEXT
        return name, value[:_LONGEST_HEADER]


_BOUNDED = _Bounded()


def parse(raw: bytes) -> "Message | None":
    """Return the message, or None where the standard library cannot read it."""
    try:
        parser = email.parser.BytesParser(_Part, policy=_BOUNDED)
        return parser.parsebytes(raw[:MOST_BYTES].replace(b"\0", b"").lstrip())
    except BROKEN:
        return None


def header(message: Message, name: str) -> str:
    """Return the value of a header in one line, with its encoded words decoded, or ""."""
    return value(message.get(name, ""))


def headers(message: Message, name: str) -> list[str]:
    return [value(each) for each in message.get_all(name) or []]


def value(written: object) -> str:
    """Return what was written in a header in one line, with its encoded words decoded."""
    unfolded = " ".join(str(written)[:_LONGEST_HEADER].split())
    # Behind the last end of a word is none: the standard library would look for the end of each.
    words, end, rest = unfolded.rpartition("?=")
    return line(decoded(words + end) + rest, _LONGEST_HEADER)


def parts(message: Message) -> list[Message]:
    """Return the leaves, in their order. A message within the message is a leaf: it is not what
    was sent to us."""
    return list(_leaves(message))


def is_status(part: Message) -> bool:
    return part.get_content_type() == _STATUS_AS_TEXT


def is_returned(part: Message) -> bool:
    """Say whether a leaf says itself that it is the message that comes back, or its headers."""
    kind = part.get_content_type()
    return kind.startswith("message/") or kind == "text/rfc822-headers"


def has_broken_headers(message: Message) -> bool:
    """Say whether a line among the headers is none, which ended them."""
    return any(isinstance(each, MissingHeaderBodySeparatorDefect) for each in message.defects)


def text(part: Message) -> str:
    """Return the text of a leaf. The standard library takes a returned message apart before it has
    decoded it; it is put together again."""
    flat = _flat(part)
    encoding = header(part, "Content-Transfer-Encoding").lower()
    if encoding not in ("base64", "quoted-printable") or not part.is_multipart():
        return flat
    coded = Message()
    coded["Content-Transfer-Encoding"] = encoding
    coded.set_payload(flat.strip())
    return _decoded(coded)


def _leaves(message: Message) -> Iterator[Message]:
    is_inner = message.get_content_maintype() == "multipart" and message.is_multipart()
    if not is_inner:
        yield message
        return
    for part in message.get_payload():
        if isinstance(part, Message):
            yield from _leaves(part)


def _flat(part: Message) -> str:
    if not part.is_multipart():
        return _decoded(part)
    return "\n".join(
        "\n".join([*_lines(inner), "", _flat(inner)])
        for inner in part.get_payload()
        if isinstance(inner, Message)
    )


def _lines(message: Message) -> Iterator[str]:
    for name, value in message.items():
        yield f"{name}: {str(value)[:_LONGEST_HEADER]}"


def _decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
