"""What every backend promises. ADR 3 says why this is not Django's e-mail backend."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from notifications.message.message import MailMessage

from .errors import Answer

Checkpoint = Callable[[str], None]


class Outcome(StrEnum):
    """What became of a message after a doubt."""

    SENT = "sent"
    NOT_SENT_YET = "not sent yet"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The message was accepted. `size` is that of the MIME in bytes; `note` is for the log."""

    answer: Answer
    charset: str
    size: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class AccountInfo:
    """What `check` found. `mailbox_checked` is False where no permission allows a look."""

    mailbox: str
    mailbox_checked: bool


class MailBackend(ABC):
    """One mailbox, reached through one API. Thread-safe: several messages at once.

    A backend never retries, sleeps, reads settings, or logs bodies, addresses or tokens.
    """

    @abstractmethod
    def send(self, message: MailMessage, *, resume: str = "", checkpoint: Checkpoint) -> Receipt:
        """Send, and return once the message is certainly accepted; else raise a SendError.

        `checkpoint(reference)` is called with what `settle` will need, and returns when that
        is durable. It is always called before the request that asks Exchange to send: a
        message without a reference has certainly not gone out. `resume` is the reference of
        an earlier try.
        """

    @abstractmethod
    def settle(self, reference: str, *, message_id: str) -> Outcome:
        """What became of an earlier try. Raises a SendError where Microsoft cannot be asked.

        Without a reference Sent Items alone are asked for the Message-ID: sent, or not sent yet.
        Unknown where the permissions allow no look.
        """

    @abstractmethod
    def check(self) -> AccountInfo:
        """Prove that the account can be used, as far as its permissions allow. Sends nothing."""

    @abstractmethod
    def close(self) -> None:
        """Give back connections. No other call may be under way."""
