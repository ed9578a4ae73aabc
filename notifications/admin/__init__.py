"""The admin's pages; importing this package registers them."""

from . import history, stored_sentences
from .alarms import pages as alarms
from .api_keys import callbacks
from .api_keys import pages as api_keys
from .audit import pages as audit
from .audit import sign_ins
from .dashboard import page as dashboard
from .delivery import bounces, suppressions
from .email_templates import layouts
from .email_templates import pages as email_templates
from .log import pages as log
from .people import groups, users
from .queue import pages as queue
from .smtp import clients, sessions

__all__ = [
    "alarms",
    "api_keys",
    "audit",
    "bounces",
    "callbacks",
    "clients",
    "dashboard",
    "email_templates",
    "groups",
    "history",
    "layouts",
    "log",
    "queue",
    "sessions",
    "sign_ins",
    "stored_sentences",
    "suppressions",
    "users",
]
