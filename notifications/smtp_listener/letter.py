"""A message while it comes in: its header is completed, all else goes to the disk as it comes."""

import hashlib
import uuid
from datetime import datetime
from email.utils import format_datetime

from notifications.attachments.incoming import Incoming
from notifications.message.raw.header import Field, first, split_header
from notifications.message.raw.reader import LONGEST_HEADER

# Split deliveries of one message differ in these.
_TRACE = frozenset(["received", "return-path", "delivered-to", "x-original-to"])
MOST_RECEIVED = 50
_LONGEST_ID = 255
# Octets that Received, Date and Message-ID take at most, where we add them.
OUR_FIELDS = 1000


class Letter:
    """`is_readable` is False once its header is longer than any message's. `message_id` is the one
    that came with it, or "". What is over `most` bytes is not kept. `mail_from` is the address of
    the envelope."""

    def __init__(
        self, incoming: Incoming, *, most: int, host: str, way: str, mail_from: str, now: datetime
    ) -> None:
        self.incoming = incoming
        self._most = most
        self._host, self._way, self._mail_from, self._now = host, way, mail_from, now
        self._head: bytes | None = b""
        self._digest = hashlib.sha256()
        self.fields: list[Field] = []
        self.message_id = ""
        self.is_readable = True
        self.came = 0

    @property
    def is_too_large(self) -> bool:
        return self.came > self._most

    @property
    def digest(self) -> str:
        return self._digest.hexdigest()

    def write(self, data: bytes) -> None:
        self.came += len(data)
        if self.is_too_large or not self.is_readable:
            self._head = None
        elif self._head is None:
            self._write_body(data)
        else:
            self._head += data
            if b"\r\n\r\n" in self._head or self._head.startswith(b"\r\n"):
                self._end_head()
            elif len(self._head) > LONGEST_HEADER:
                self.is_readable = False

    def end(self) -> None:
        """Nothing more comes."""
        if self._head is not None and self.is_readable:
            self._end_head()

    def _end_head(self) -> None:
        head, self._head = self._head or b"", None
        self.fields, at = split_header(head)
        if at > LONGEST_HEADER:
            self.is_readable = False
            return
        self.message_id = first(self.fields, "Message-ID")
        for field in self.fields:
            if field.name.lower() not in _TRACE:
                self._digest.update(field.raw + b"\r\n")
        self.fields = [*self._added(), *self.fields]
        self.incoming.write(b"".join(field.raw + b"\r\n" for field in self.fields) + b"\r\n")
        self._write_body(head[at:])

    def _write_body(self, data: bytes) -> None:
        self._digest.update(data)
        self.incoming.write(data)

    def _added(self) -> list[Field]:
        """What a message must have, and one line that says who took it: not from which address."""
        when = format_datetime(self._now)
        how = f"by {self._host} (Mail Connector) with {self._way}"
        if _is_comment(self._mail_from):
            how += f"\r\n (envelope-from <{self._mail_from}>)"
        added = {"Received": f"{how};\r\n {when}"}
        if not first(self.fields, "Date"):
            added["Date"] = when
        if not _is_id(self.message_id):
            self.message_id = ""
        if not first(self.fields, "Message-ID"):
            added["Message-ID"] = f"<{uuid.uuid4()}@{self._host}>"
        return [Field(name, f"{name}: {value}".encode()) for name, value in added.items()]


def _is_comment(text: str) -> bool:
    """Say whether a header's comment can have it as it is (RFC 5322, 3.2.2)."""
    return bool(text) and text.isascii() and text.isprintable() and not set("()\\<>") & set(text)


def _is_id(text: str) -> bool:
    return len(text) <= _LONGEST_ID and text.isascii() and text.isprintable() and " " not in text
