"""The rows: one model a file. Statuses change through QuerySet methods only."""

from .account import MicrosoftAccount
from .attachment import Attachment
from .attempt import Attempt
from .notification import Notification
from .queue_state import QueueState
from .settings import EmailSettings
from .sign_in import SignInDraft
from .worker import Worker

__all__ = [
    "Attachment",
    "Attempt",
    "EmailSettings",
    "MicrosoftAccount",
    "Notification",
    "QueueState",
    "SignInDraft",
    "Worker",
]
