"""The admin pages: queue, log, E-mail Notifications, API keys, settings history, people."""

from . import dashboard, history, log, people, queue, templates

__all__ = ["dashboard", "history", "log", "people", "queue", "templates"]
