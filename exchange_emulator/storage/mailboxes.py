"""Keep items in folders.

A message is stored once, in `contents`; the sender's copy and every recipient's
are rows of `items` that point to it until one of them changes (`own_content`).
Times are seconds since the epoch.
"""

import sqlite3
from dataclasses import dataclass
from typing import Any

from exchange_emulator.storage.contents import Contents

COLUMNS = (
    "key, mailbox, folder, content, message_id, subject, is_draft, is_read, created_at,"
    " modified_at, sent_at, change, due_at"
)
# TRANSIT holds items that wait for delivery, NOWHERE the copies that nobody wanted saved.
TRANSIT, NOWHERE = "transit", ""
# A submitted message waits here for its turn.
OUTBOX = "outbox"
VISIBLE = "FROM items WHERE mailbox = ? AND folder NOT IN ('', 'transit')"


@dataclass(frozen=True)
class Item:
    key: int
    mailbox: str
    folder: str
    content: int
    message_id: str
    subject: str
    is_draft: bool
    is_read: bool
    created_at: float
    modified_at: float
    sent_at: float | None
    change: int
    due_at: float | None


def _item(row: Any) -> Item:
    columns = dict(row)
    columns |= {"is_draft": bool(row["is_draft"]), "is_read": bool(row["is_read"])}
    return Item(**columns)


class Mailboxes:
    def __init__(self, database: sqlite3.Connection, contents: Contents) -> None:
        self.database = database
        self._contents = contents

    def add_item(
        self, mailbox: str, folder: str, *, content: int, message_id: str, subject: str,
        now: float, is_draft: bool = True, is_read: bool = True, sent_at: float | None = None,
        due_at: float | None = None,
    ) -> Item:  # fmt: skip
        cursor = self.database.execute(
            "INSERT INTO items(mailbox, folder, content, message_id, subject, is_draft, is_read,"
            " created_at, modified_at, sent_at, due_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (mailbox, folder, content, message_id, subject, is_draft, is_read,
             now, now, sent_at, due_at),
        )  # fmt: skip
        return self.get(int(cursor.lastrowid or 0))

    def deliver(
        self, addresses: list[str], *, content: int, message_id: str, subject: str, now: float,
        due_at: float,
    ) -> None:  # fmt: skip
        """Put a copy into each inbox, at once or when it is due."""
        waits = due_at > now
        self.database.executemany(
            "INSERT INTO items(mailbox, folder, content, message_id, subject, is_draft, is_read,"
            " created_at, modified_at, sent_at, due_at) VALUES (?, ?, ?, ?, ?, 0, 0, ?, ?, ?, ?)",
            [(address, TRANSIT if waits else "inbox", content, message_id, subject, due_at,
              due_at, due_at, due_at if waits else None) for address in addresses],
        )  # fmt: skip

    def settle(self, now: float) -> None:
        """Finish the deliveries that are due: Outbox to Sent Items, transit to the inboxes."""
        self.database.execute(
            "UPDATE items SET folder = CASE folder WHEN 'outbox' THEN 'sentitems' ELSE 'inbox'"
            " END, is_draft = 0, change = change + 1, due_at = NULL"
            " WHERE due_at IS NOT NULL AND due_at <= ?",
            (now,),
        )

    def get(self, key: int) -> Item:
        found = self.find(key)
        if found is None:
            raise LookupError(key)
        return found

    def find(self, key: int) -> Item | None:
        row = self.database.execute(
            f"SELECT {COLUMNS} FROM items WHERE key = ?",  # noqa: S608 - a constant
            (key,),
        ).fetchone()
        return row and _item(row)

    def search(
        self, mailbox: str, *, where: str = "1", values: tuple[Any, ...] = (),
        order: str = "key DESC", limit: int = 10, offset: int = 0,
    ) -> list[Item]:  # fmt: skip
        """Return items; `where` and `order` are SQL of the caller's own, never a client's text."""
        sql = f"SELECT {COLUMNS} {VISIBLE} AND {where} ORDER BY {order} LIMIT ? OFFSET ?"
        rows = self.database.execute(sql, (mailbox, *values, limit, offset))
        return [_item(row) for row in rows]

    def count(self, mailbox: str, *, where: str = "1", values: tuple[Any, ...] = ()) -> int:
        sql = f"SELECT count(*) {VISIBLE} AND {where}"
        return int(self.database.execute(sql, (mailbox, *values)).fetchone()[0])

    def own_content(self, item: Item) -> Item:
        """Return the item with contents that no other copy and no submission has.

        Those may change. Contents are shared once they were submitted; their attachments
        are inside the MIME.
        """
        shared = self.database.execute(
            "SELECT EXISTS(SELECT 1 FROM submissions WHERE content = :key)"
            " OR (SELECT count(*) FROM items WHERE content = :key) > 1",
            {"key": item.content},
        ).fetchone()[0]
        if not shared:
            return item
        mime = self._contents.mime(item.content)
        content = self._contents.add(self._contents.properties(item.content), mime)
        self.database.execute("UPDATE items SET content = ? WHERE key = ?", (content, item.key))
        return self.get(item.key)

    def touch(self, item: Item, *, now: float, **columns: Any) -> Item:
        """Change columns of an item; its change key becomes a new one."""
        columns = {"modified_at": now, "change": item.change + 1, **columns}
        assignments = ", ".join(f"{name} = ?" for name in columns)
        self.database.execute(
            f"UPDATE items SET {assignments} WHERE key = ?",  # noqa: S608 - our own column names
            (*columns.values(), item.key),
        )
        return self.get(item.key)

    def delete(self, item: Item) -> None:
        self.database.execute("DELETE FROM items WHERE key = ?", (item.key,))

    def add_folder(self, mailbox: str, name: str) -> str:
        """Make a folder of the mailbox's own, and return its name."""
        self.database.execute(
            "INSERT OR IGNORE INTO folders(mailbox, name) VALUES (?, ?)", (mailbox, name)
        )
        return name

    def own_folders(self, mailbox: str) -> list[str]:
        rows = self.database.execute(
            "SELECT name FROM folders WHERE mailbox = ? ORDER BY name", (mailbox,)
        )
        return [row[0] for row in rows]

    def addresses(self) -> list[tuple[str, int]]:
        """Return every mailbox that has something, and how many items."""
        rows = self.database.execute(
            "SELECT mailbox, count(*) FROM items WHERE folder NOT IN ('', 'transit')"
            " GROUP BY mailbox ORDER BY mailbox"
        )
        return [(row[0], row[1]) for row in rows]
