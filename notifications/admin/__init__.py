"""The admin pages: Notification Queue, Outgoing Notifications Log, settings history, people."""

from . import dashboard, history, log, people, queue

__all__ = ["dashboard", "history", "log", "people", "queue"]
