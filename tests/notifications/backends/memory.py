"""A mailbox in memory: a third backend that keeps the contract, without any server."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from notifications.backends.base import AccountInfo, Checkpoint, MailBackend, Outcome, Receipt
from notifications.backends.errors import Answer
from notifications.backends.explanations.explain import error_for
from notifications.message.compose import compose
from notifications.message.message import MailMessage


@dataclass
class MemoryMailbox:
    """Drafts and sent messages (MIME), by their reference."""

    drafts: dict[str, bytes] = field(default_factory=dict)
    sent: dict[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Fault:
    """The next sending fails with `answer`, although the message went out if `accepted`;
    `retry_after` is in seconds."""

    answer: Answer
    accepted: bool = False
    retry_after: float | None = None


class MemoryBackend(MailBackend):
    def __init__(
        self,
        box: MemoryMailbox,
        *,
        mailbox: str,
        token: Callable[[], str],
        faults: Iterator[Fault | None] | None = None,
    ) -> None:
        self._box = box
        self._mailbox = mailbox
        self._token = token
        self._faults = faults or iter(())

    def send(self, message: MailMessage, *, resume: str = "", checkpoint: Checkpoint) -> Receipt:
        self._token()
        composed = compose(message)
        reference = resume or f"draft of {message.message_id}"
        if not resume:
            self._box.drafts[reference] = composed.mime
            checkpoint(reference)
        fault = next(self._faults, None)
        if fault is None or fault.accepted:
            self._box.sent[reference] = self._box.drafts.pop(reference, composed.mime)
        if fault is not None:
            rest = None if fault.retry_after is None else timedelta(seconds=fault.retry_after)
            raise error_for(fault.answer, submitted=True, retry_after=rest)
        return Receipt(Answer(status=202), composed.charset, len(composed.mime), composed.note)

    def settle(self, reference: str, *, message_id: str) -> Outcome:
        if not reference:
            sent = any(message_id.encode() in mime for mime in self._box.sent.values())
            return Outcome.SENT if sent else Outcome.NOT_SENT_YET
        if reference in self._box.sent:
            return Outcome.SENT
        return Outcome.NOT_SENT_YET if reference in self._box.drafts else Outcome.UNKNOWN

    def check(self) -> AccountInfo:
        self._token()
        return AccountInfo(self._mailbox, mailbox_checked=True)

    def close(self) -> None:
        pass
