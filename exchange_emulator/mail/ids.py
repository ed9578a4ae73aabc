"""Make opaque ids in the alphabets of the real ones.

A regular id names an item in a folder and ends with the item's move; an immutable
one survives it ("Obtain immutable identifiers for Outlook resources"). Graph writes
ids in base64url, EWS writes the same bytes in base64.
"""

import base64
import hashlib
from uuid import NAMESPACE_DNS, uuid5

# An id has a folder's place in this list, so names are added at its end.
FOLDERS = (
    *("drafts", "sentitems", "inbox", "outbox", "deleteditems", "msgfolderroot", "root"),
    *("junkemail", "calendar", "contacts", "tasks", "notes", "journal"),
)
_REGULAR = b"\x00\x03\x24\x00"
_IMMUTABLE = b"\x00\x09\x00\x2e"
_ITEM = b"\x00\x46\x00\x00\x00\x00\x00"
_FOLDER = b"\x00\x2e\x00\x00\x00\x00\x00"
# An id is kind, mailbox, marker, folder number, store and, at the end, the item's key.
_KEY = slice(-8, None)


# SQLite counts up to this number.
LARGEST_KEY = 2**63 - 1


def key_of(text: str) -> int | None:
    """Return the number that a part of an address is; None if no row can have it."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None  # noqa: PLR2004


class Ids:
    """Make and read ids; `store` sets those of one data folder apart from those of another."""

    def __init__(self, store: str) -> None:
        self._store = hashlib.sha256(store.encode()).digest()[:24]

    def item(self, mailbox: str, folder: str, key: int) -> str:
        place = bytes([FOLDERS.index(folder)]) if folder in FOLDERS else b"\xff"
        return self._text(_REGULAR + _owner(mailbox) + _ITEM + place + self._store, key)

    def immutable(self, mailbox: str, key: int) -> str:
        mark = hashlib.sha256(self._store + mailbox.encode()).digest()[:25]
        return self._text(_IMMUTABLE + bytes(5) + mark, key)

    def attachment(self, mailbox: str, key: int, tag: str) -> str:
        """Join the item's immutable id and the attachment's tag, which no move changes."""
        last = base64.urlsafe_b64encode(tag.rjust(9).encode()).decode()
        return self.immutable(mailbox, key) + last

    def folder(self, mailbox: str, folder: str) -> str:
        # A folder of the mailbox's own has a number from its name.
        own = 1000 + int.from_bytes(hashlib.sha256(folder.encode()).digest()[:4], "big")
        place = FOLDERS.index(folder) if folder in FOLDERS else own
        return self._text(_REGULAR + _owner(mailbox) + _FOLDER + self._store, place)

    def key(self, text: str) -> int | None:
        """Return the key that an id names; None for a text that was never an id.

        The caller compares the id with the item's present one.
        """
        try:
            data = base64.b64decode(text.replace("-", "+").replace("_", "/"), validate=True)
        except ValueError:
            return None
        if not data.startswith((_REGULAR, _IMMUTABLE)):
            return None
        key = int.from_bytes(data[_KEY], "big")
        return key if key <= LARGEST_KEY else None

    def _text(self, head: bytes, key: int) -> str:
        return base64.urlsafe_b64encode(head + key.to_bytes(8, "big")).decode()


def _owner(mailbox: str) -> bytes:
    return str(uuid5(NAMESPACE_DNS, mailbox)).encode()


def graph_form(text: str) -> str:
    """Write an EWS id, or one that a client percent-decoded, in Graph's alphabet."""
    return text.replace("+", "-").replace("/", "_").replace(" ", "-")


def ews_form(text: str) -> str:
    return text.replace("-", "+").replace("_", "/")


def conversation(mailbox: str, subject: str) -> tuple[str, str]:
    """Return id and index of the conversation that all messages with the subject belong to."""
    digest = hashlib.sha256(f"{mailbox}/{subject}".encode()).digest()
    named = "AAQk" + base64.urlsafe_b64encode(digest + b"\x00" * 13).decode()
    return named, base64.b64encode(b"\x01\x01" + digest[:20]).decode()


def change_key(mailbox: str, key: int, change: int) -> str:
    """Make a change key in the shape of the real ones; each change makes another."""
    digest = hashlib.sha256(f"{mailbox}/{key}/{change}".encode()).digest()
    return base64.b64encode(b"\x09\x00\x00\x00\x16\x00\x00\x00" + digest[:22]).decode()
