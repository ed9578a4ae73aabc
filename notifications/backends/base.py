"""The interface of every backend. ADR 3 says why this is not Django's email backend."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from notifications.message.message import MailMessage

from .errors import Answer

Checkpoint = Callable[[str], None]


class Outcome(StrEnum):
    """The result of looking up a message after a doubt."""

    SENT = "sent"
    NOT_SENT_YET = "not sent yet"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The message was accepted. `size` is the MIME's in bytes; `note` is for the log."""

    answer: Answer
    charset: str
    size: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class AccountInfo:
    """The result of `check`. `mailbox_checked` is False if no permission allows a look."""

    mailbox: str
    mailbox_checked: bool


class MailBackend(ABC):
    """A mailbox that is reached through one API. It is thread-safe: several messages go at once.

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
        """Find out what became of an earlier try. Raises a SendError if Microsoft cannot be asked.

        An empty reference looks only in Sent Items for the Message-ID: sent, or not sent yet. The
        outcome is unknown if the permissions allow no look.
        """

    @abstractmethod
    def check(self) -> AccountInfo:
        """Prove that the account can be used, as far as its permissions allow; nothing is sent."""

    @abstractmethod
    def close(self) -> None:
        """Give back connections. No other call may be under way."""
