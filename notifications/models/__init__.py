"""The rows: one model a file. Statuses change through QuerySet methods only."""

from .account import MicrosoftAccount
from .alarm import Alarm
from .api_key import ApiKey, ApiNotification
from .attachment import Attachment
from .attempt import Attempt
from .callback import Callback
from .event import ConnectionEvent
from .layout import EmailLayout, LayoutFile
from .notification import Notification
from .queue_state import QueueState
from .retention import Retention
from .settings import EmailSettings
from .sign_in import SignInDraft
from .tally import Tally
from .template import EmailTemplate, TemplateFile
from .worker import Worker

__all__ = [
    "Alarm",
    "ApiKey",
    "ApiNotification",
    "Attachment",
    "Attempt",
    "Callback",
    "ConnectionEvent",
    "EmailLayout",
    "EmailSettings",
    "EmailTemplate",
    "LayoutFile",
    "MicrosoftAccount",
    "Notification",
    "QueueState",
    "Retention",
    "SignInDraft",
    "Tally",
    "TemplateFile",
    "Worker",
]
