"""Keep upload sessions; what arrived so far is a file, so memory stays small."""

import json
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LIFETIME = 7 * 86400.0


@dataclass(frozen=True)
class Upload:
    """Hold one session; `description` is Graph's AttachmentItem, `received` counts bytes."""

    token: str
    item: int
    description: dict[str, Any]
    received: int
    expires_at: float

    @property
    def size(self) -> int:
        return int(self.description["size"])


class Uploads:
    def __init__(self, database: sqlite3.Connection, folder: Path) -> None:
        self._database = database
        self._folder = folder
        folder.mkdir(exist_ok=True)
        self._held: set[str] = set()

    def begin(self, token: str, *, item: int, description: dict[str, Any], now: float) -> Upload:
        self._database.execute(
            "INSERT INTO uploads(token, item, description, received, expires_at)"
            " VALUES (?, ?, ?, 0, ?)",
            (token, item, json.dumps(description), now + LIFETIME),
        )
        self.path(token).touch()
        return Upload(token, item, description, 0, now + LIFETIME)

    def find(self, token: str) -> Upload | None:
        row = self._database.execute(
            "SELECT token, item, description, received, expires_at FROM uploads WHERE token = ?",
            (token,),
        ).fetchone()
        return row and Upload(**{**dict(row), "description": json.loads(row["description"])})

    def path(self, token: str) -> Path:
        """Return the file's path; tokens are ours and cannot lead out of the folder."""
        return self._folder / token

    def hold(self, token: str) -> bool:
        """Reserve the session for one request, which then calls `release`; False if it is taken."""
        if token in self._held:
            return False
        self._held.add(token)
        return True

    def release(self, token: str) -> None:
        self._held.discard(token)

    def advance(self, upload: Upload, received: int) -> None:
        self._database.execute(
            "UPDATE uploads SET received = ? WHERE token = ?", (received, upload.token)
        )

    def end(self, token: str) -> None:
        self._database.execute("DELETE FROM uploads WHERE token = ?", (token,))
        self.path(token).unlink(missing_ok=True)

    def forget(self) -> None:
        for path in self._folder.iterdir():
            path.unlink()
