"""Open the SQLite file behind mailboxes and grants."""

import sqlite3
from pathlib import Path

SCHEMA = """
CREATE TABLE IF NOT EXISTS contents(
  key INTEGER PRIMARY KEY AUTOINCREMENT, properties TEXT NOT NULL, mime BLOB);
CREATE TABLE IF NOT EXISTS items(
  key INTEGER PRIMARY KEY AUTOINCREMENT, mailbox TEXT NOT NULL, folder TEXT NOT NULL,
  content INTEGER NOT NULL, message_id TEXT NOT NULL, subject TEXT NOT NULL,
  is_draft INTEGER NOT NULL, is_read INTEGER NOT NULL, created_at REAL NOT NULL,
  modified_at REAL NOT NULL, sent_at REAL, change INTEGER NOT NULL DEFAULT 1, due_at REAL);
CREATE INDEX IF NOT EXISTS items_by_folder ON items(mailbox, folder, key);
CREATE INDEX IF NOT EXISTS items_by_message_id ON items(mailbox, message_id);
CREATE INDEX IF NOT EXISTS items_by_content ON items(content);
CREATE INDEX IF NOT EXISTS items_due ON items(due_at) WHERE due_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS attachments(
  key INTEGER PRIMARY KEY AUTOINCREMENT, content INTEGER NOT NULL, name TEXT NOT NULL,
  content_type TEXT NOT NULL, content_id TEXT NOT NULL, is_inline INTEGER NOT NULL,
  size INTEGER NOT NULL, data BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS attachments_by_content ON attachments(content);
CREATE TABLE IF NOT EXISTS submissions(
  n INTEGER PRIMARY KEY, item INTEGER NOT NULL, content INTEGER NOT NULL,
  mailbox TEXT NOT NULL, api TEXT NOT NULL, envelope TEXT NOT NULL, received_at REAL NOT NULL,
  due_at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS submissions_by_content ON submissions(content);
CREATE TABLE IF NOT EXISTS folders(
  mailbox TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (mailbox, name));
CREATE TABLE IF NOT EXISTS uploads(
  token TEXT PRIMARY KEY, item INTEGER NOT NULL, description TEXT NOT NULL,
  received INTEGER NOT NULL, expires_at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS codes(
  code TEXT PRIMARY KEY, details TEXT NOT NULL, expires_at REAL NOT NULL,
  used INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS refresh_tokens(
  token TEXT PRIMARY KEY, user TEXT NOT NULL, client_id TEXT NOT NULL, tenant_id TEXT NOT NULL,
  expires_at REAL NOT NULL, revoked INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS consents(
  user TEXT NOT NULL, client_id TEXT NOT NULL, scope TEXT NOT NULL,
  PRIMARY KEY (user, client_id, scope));
CREATE TABLE IF NOT EXISTS withdrawals(
  user TEXT NOT NULL, client_id TEXT NOT NULL, tenant TEXT NOT NULL,
  PRIMARY KEY (user, client_id));
CREATE TABLE IF NOT EXISTS revocations(user TEXT PRIMARY KEY, serial INTEGER NOT NULL);
"""
# The revocations are not in this list: a token that was revoked stays so.
TABLES = (
    "contents",
    "items",
    "attachments",
    "submissions",
    "folders",
    "uploads",
    "codes",
    "refresh_tokens",
    "consents",
    "withdrawals",
)


def connect(folder: Path) -> sqlite3.Connection:
    """Open the file in autocommit: a statement is a transaction unless BEGIN says otherwise.

    Losing the last second in a power cut is no harm here, waiting for the
    disk at each send would be: `synchronous` is off.
    """
    database = sqlite3.connect(folder / "emulator.sqlite3", isolation_level=None)
    database.row_factory = sqlite3.Row
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = OFF")
    database.executescript(SCHEMA)
    return database


def forget(database: sqlite3.Connection) -> None:
    """Empty all of TABLES. Numbers of items go on, so that an old id never means a new item."""
    for table in TABLES:
        database.execute(f"DELETE FROM {table}")  # noqa: S608 - our own constant names
