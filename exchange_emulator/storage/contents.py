"""Keep what messages say: Graph's properties, MIME, and the attachments added to a draft."""

import json
import sqlite3
from typing import Any

from exchange_emulator.mime.reading import Attachment


class Contents:
    """Store each message once, by a number that every copy of it points to."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def add(self, properties: dict[str, Any], mime: bytes | None) -> int:
        cursor = self._database.execute(
            "INSERT INTO contents(properties, mime) VALUES (?, ?)", (json.dumps(properties), mime)
        )
        return int(cursor.lastrowid or 0)

    def properties(self, content: int) -> dict[str, Any]:
        row = self._database.execute(
            "SELECT properties FROM contents WHERE key = ?", (content,)
        ).fetchone()
        found: dict[str, Any] = json.loads(row[0])
        return found

    def mime(self, content: int) -> bytes | None:
        row = self._database.execute(
            "SELECT mime FROM contents WHERE key = ?", (content,)
        ).fetchone()
        return row[0] if row else None

    def replace(self, content: int, properties: dict[str, Any], mime: bytes | None) -> None:
        self._database.execute(
            "UPDATE contents SET properties = ?, mime = ? WHERE key = ?",
            (json.dumps(properties), mime, content),
        )

    def attachments(self, content: int) -> list[Attachment]:
        """Return those added to a draft; those inside its MIME are not rows."""
        rows = self._database.execute(
            "SELECT key, name, content_type, data, content_id, is_inline FROM attachments"
            " WHERE content = ? ORDER BY key",
            (content,),
        )
        return [
            Attachment(f"a{key}", name, kind, data, content_id, bool(is_inline))
            for key, name, kind, data, content_id, is_inline in rows
        ]

    def attach(self, content: int, attachment: Attachment) -> Attachment:
        cursor = self._database.execute(
            "INSERT INTO attachments(content, name, content_type, content_id, is_inline, size,"
            " data) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (content, attachment.name, attachment.content_type, attachment.content_id,
             attachment.is_inline, len(attachment.data), attachment.data),
        )  # fmt: skip
        return Attachment(
            f"a{cursor.lastrowid}", attachment.name, attachment.content_type, attachment.data,
            attachment.content_id, attachment.is_inline,
        )  # fmt: skip

    def detach(self, content: int, tag: str | None = None) -> None:
        """Remove one attachment, or all of them."""
        self._database.execute(
            "DELETE FROM attachments WHERE content = ? AND (? IS NULL OR 'a' || key = ?)",
            (content, tag, tag),
        )
