"""Modules whose sentences stand in the database and that no page needs for anything else.

A sentence is shown in the reader's language where the module that declares it was imported.
"""

from notifications.message.raw import taken_apart
from notifications.queue.engine import outcomes
from notifications.smtp_listener import certificate, notes

__all__ = ["certificate", "notes", "outcomes", "taken_apart"]
