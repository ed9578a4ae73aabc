"""Keep what was accepted for sending, whatever becomes of the sender's copy.

Times are seconds since the epoch.
"""

import json
import sqlite3
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Submission:
    """Hold what was accepted; it stays when the sent copy is deleted.

    `envelope` has message_id, subject, from and sender; to, cc, bcc and `recipients`
    (everybody once) are lists of addresses.
    """

    n: int
    item: int
    content: int
    mailbox: str
    api: str
    envelope: dict[str, Any]
    received_at: float
    due_at: float


class Submissions:
    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def record(
        self, *, item: int, content: int, mailbox: str, api: str, envelope: dict[str, Any],
        now: float, due_at: float,
    ) -> int:  # fmt: skip
        cursor = self._database.execute(
            "INSERT INTO submissions(item, content, mailbox, api, envelope, received_at, due_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (item, content, mailbox, api, json.dumps(envelope), now, due_at),
        )
        return int(cursor.lastrowid or 0)

    def read(self, n: int | None = None) -> list[Submission]:
        """Return everything that was sent, in order, or the one numbered `n`."""
        rows = self._database.execute(
            "SELECT n, item, content, mailbox, api, envelope, received_at, due_at"
            " FROM submissions WHERE ? IS NULL OR n = ? ORDER BY n",
            (n, n),
        )
        return [
            Submission(**{**dict(row), "envelope": json.loads(row["envelope"])}) for row in rows
        ]
