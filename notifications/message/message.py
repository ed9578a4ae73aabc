"""A message on its way to a backend: plain values, no Django, no files open."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO

from .addresses import Address


class Importance(StrEnum):
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class File:
    """An attachment. By its `content_id` (without <>) the HTML may show it (cid:); `size` in bytes;
    `open` gives a new, seekable stream each time."""

    name: str
    content_type: str
    size: int
    open: Callable[[], BinaryIO]
    content_id: str = ""

    def read(self) -> bytes:
        """Return the whole content; it is meant for small files."""
        with self.open() as stream:
            return stream.read()


@dataclass(frozen=True, slots=True)
class RawContent:
    """A message as it was handed in, of `size` bytes; `open` gives a new, seekable stream."""

    size: int
    open: Callable[[], BinaryIO]

    def read(self) -> bytes:
        with self.open() as stream:
            return stream.read()


@dataclass(frozen=True, slots=True)
class MailMessage:
    """The message that a backend is asked to send.

    `sender` is the signed-in account, `from_` the address to send as or on behalf of
    (the same as `sender` without delegation). `headers` are extra ones, already checked.
    `charset` is the MIME name of a character set from charsets.py. With `raw` it is carried: its
    content stays as it came, and has no bodies and files here (carry.py).
    """

    message_id: str
    sender: Address
    from_: Address
    to: tuple[Address, ...]
    subject: str
    text: str = ""
    html: str = ""
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    files: tuple[File, ...] = ()
    importance: Importance = Importance.NORMAL
    charset: str = "utf-8"
    plain_text_only: bool = False
    raw: RawContent | None = None

    @property
    def recipients(self) -> tuple[Address, ...]:
        return (*self.to, *self.cc, *self.bcc)


@dataclass(frozen=True, slots=True)
class Composed:
    """A message in MIME. `charset` is the one used, `note` says why if it is not the one asked. A
    carried message has its own."""

    mime: bytes
    charset: str
    note: str = ""
