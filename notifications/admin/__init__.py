"""The admin pages: queue, log, E-mail Notifications, API keys, settings history, people."""

from . import api_keys, dashboard, history, log, people, queue, templates

__all__ = ["api_keys", "dashboard", "history", "log", "people", "queue", "templates"]
