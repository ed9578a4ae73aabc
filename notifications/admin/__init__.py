"""The admin's pages; importing this package registers them."""

from . import api_keys, history
from .dashboard import page as dashboard
from .email_templates import layouts
from .email_templates import pages as email_templates
from .log import pages as log
from .people import users
from .queue import pages as queue

__all__ = [
    "api_keys", "dashboard", "email_templates", "history", "layouts", "log", "queue", "users",
]  # fmt: skip
