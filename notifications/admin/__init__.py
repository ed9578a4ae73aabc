"""The admin's pages; importing this package registers them."""

from . import history
from .alarms import pages as alarms
from .api_keys import callbacks
from .api_keys import pages as api_keys
from .dashboard import page as dashboard
from .email_templates import pages as email_templates
from .log import pages as log
from .people import users
from .queue import pages as queue

__all__ = [
    "alarms",
    "api_keys",
    "callbacks",
    "dashboard",
    "email_templates",
    "history",
    "log",
    "queue",
    "users",
]
