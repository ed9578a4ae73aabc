"""The parts of a report, read by the standard library with its old policy: the newer one raises on
reports that servers really write. Pure.

Everything in a report may be hostile. What is read is bounded, and what cannot be read is no
report.
"""

import email.parser
import email.policy
from collections.abc import Iterator
from email.message import Message

from notifications.backends.errors import line
from notifications.message.encoded_words import decoded

# The status stands before the returned message, so the end of a large one is not needed.
MOST_BYTES = 2_000_000
_LONGEST_HEADER = 8000
_DEEPEST = 10
_STATUS = ("message/delivery-status", "message/global-delivery-status")
# The standard library raises these for messages that are broken on purpose.
BROKEN = (ValueError, TypeError, LookupError, AttributeError, RecursionError, AssertionError)


def parse(raw: bytes) -> "Message | None":
    """Return the message, or None where the standard library cannot read it."""
    try:
        parser = email.parser.BytesParser(policy=email.policy.compat32)
        return parser.parsebytes(raw[:MOST_BYTES].replace(b"\0", b""))
    except BROKEN:
        return None


def header(message: Message, name: str) -> str:
    """Return the value of a header in one line, with its encoded words decoded, or ""."""
    found = message.get(name)
    return _value(found)


def headers(message: Message, name: str) -> list[str]:
    return [_value(each) for each in message.get_all(name) or []]


def parts(message: Message) -> list[Message]:
    """Return the leaves, in their order. A message within the message is a leaf: it is not what
    was sent to us."""
    return list(_leaves(message, depth=0))


def is_status(part: Message) -> bool:
    return part.get_content_type() in _STATUS


def text(part: Message) -> str:
    """Return the text of a leaf. The standard library takes the blocks of a status, and a returned
    message, apart before it has decoded them; they are put together again."""
    flat = _flat(part, depth=0)
    encoding = header(part, "Content-Transfer-Encoding").lower()
    if encoding not in ("base64", "quoted-printable") or not part.is_multipart():
        return flat
    coded = Message()
    coded["Content-Transfer-Encoding"] = encoding
    coded.set_payload(flat.strip())
    return _decoded(coded)


def _value(found: object) -> str:
    if found is None:
        return ""
    unfolded = " ".join(str(found)[:_LONGEST_HEADER].split())
    return line(decoded(unfolded), _LONGEST_HEADER)


def _leaves(message: Message, *, depth: int) -> Iterator[Message]:
    is_inner = message.get_content_maintype() == "multipart" and message.is_multipart()
    if not is_inner:
        yield message
    elif depth < _DEEPEST:
        for part in message.get_payload():
            if isinstance(part, Message):
                yield from _leaves(part, depth=depth + 1)


def _flat(part: Message, *, depth: int) -> str:
    if not part.is_multipart():
        return _decoded(part)
    if depth == _DEEPEST:
        return ""
    return "\n".join(
        "\n".join([*_lines(inner), "", _flat(inner, depth=depth + 1)])
        for inner in part.get_payload()
        if isinstance(inner, Message)
    )


def _lines(message: Message) -> Iterator[str]:
    for name, value in message.items():
        yield f"{name}: {str(value)[:_LONGEST_HEADER]}"


def _decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
