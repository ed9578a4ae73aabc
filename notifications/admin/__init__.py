"""The admin's pages; importing this package registers them."""

from . import api_keys, history
from .dashboard import page as dashboard
from .email_templates import pages as email_templates
from .log import pages as log
from .people import users
from .queue import pages as queue
from .smtp import clients, sessions

__all__ = [
    "api_keys", "clients", "dashboard", "email_templates", "history", "log", "queue", "sessions",
    "users",
]  # fmt: skip
