"""Sending through Exchange Web Services: CreateItem (SaveOnly), SendItem, and GetItem after a
doubt.

Sources: "CreateItem operation (email message)", "SendItem operation" and "EWS throttling in
Exchange" in Microsoft's EWS reference.
"""

import queue
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

from exchangelib import Mailbox, Message
from exchangelib.errors import ErrorInvalidIdMalformed, ErrorItemNotFound
from exchangelib.folders import Drafts, SentItems

from notifications.backends.base import AccountInfo, Checkpoint, MailBackend, Outcome, Receipt
from notifications.backends.errors import PermanentError, SendError
from notifications.message.compose import compose
from notifications.message.message import Composed, MailMessage

from .connections import Line, translated

# Exchange Online takes 4 requests at once for a mailbox, as it does through Graph.
LINES = 4


class EwsBackend(MailBackend):
    """The reference of a message is `<item id> <change key>`."""

    def __init__(
        self, url: str, *, mailbox: str, token: Callable[[], str], verify: str | bool = True
    ) -> None:
        self._mailbox = mailbox
        self._idle: queue.LifoQueue[Line] = queue.LifoQueue()
        self._lines = [Line(url, mailbox, token=token, verify=verify) for _ in range(LINES)]
        for line in self._lines:
            self._idle.put(line)

    def send(self, message: MailMessage, *, resume: str = "", checkpoint: Checkpoint) -> Receipt:
        composed = compose(message)
        reference = resume
        if not reference:
            with self._line() as line, translated(line, submits=False):
                reference = _store(line, message, composed)
            checkpoint(reference)
        with self._line() as line:
            self._submit(line, reference)
            answer = replace(line.last_answer(), code="", message="")
        return Receipt(answer, composed.charset, len(composed.mime), composed.note)

    def settle(self, reference: str, *, message_id: str) -> Outcome:
        with self._line() as line, translated(line, submits=False):
            is_draft = _is_draft(line, reference) if reference else None
            if is_draft is not None:
                return Outcome.NOT_SENT_YET if is_draft else Outcome.SENT
            # FindItem wants a folder that has its id, so GetFolder asks for it.
            folder = SentItems.get_distinguished(root=line.root)
            found = folder.filter(message_id=message_id).exists()
            if found:
                return Outcome.SENT
            return Outcome.UNKNOWN if reference else Outcome.NOT_SENT_YET

    def check(self) -> AccountInfo:
        with self._line() as line, translated(line, submits=False):
            Drafts.get_distinguished(root=line.root)
        return AccountInfo(self._mailbox, mailbox_checked=True)

    def close(self) -> None:
        for line in self._lines:
            line.close()

    @contextmanager
    def _line(self) -> Iterator[Line]:
        line = self._idle.get()
        try:
            yield line
        finally:
            self._idle.put(line)

    def _submit(self, line: Line, reference: str) -> None:
        item = _item(line, reference)
        try:
            with translated(line, submits=True):
                item.send(copy_to_folder=SentItems(root=line.root))
        except PermanentError:
            # The draft will never be sent, so it must not stay in the mailbox.
            with suppress(SendError), translated(line, submits=False):
                _item(line, reference).delete()
            raise


def _store(line: Line, message: MailMessage, composed: Composed) -> str:
    """Store a draft of the MIME. exchangelib adds its own defaults, so the fields that those would
    override are given again."""
    item = Message(
        account=line.account,
        folder=Drafts(root=line.root),
        mime_content=composed.mime,
        importance=message.importance.value.capitalize(),
    )
    if not message.from_.same_mailbox(message.sender.address):
        item.author = Mailbox(name=message.from_.name or None, email_address=message.from_.address)
    item.save()
    return f"{item.id} {item.changekey}"


def _item(line: Line, reference: str) -> Message:
    item_id, _space, change_key = reference.partition(" ")
    return Message(
        account=line.account, folder=Drafts(root=line.root), id=item_id, changekey=change_key
    )


def _is_draft(line: Line, reference: str) -> bool | None:
    """Tell whether it is a draft; None if the item is gone, since sending gives it another id."""
    item_id, _space, change_key = reference.partition(" ")
    (found,) = line.account.fetch(ids=[(item_id, change_key)], only_fields=["is_draft"])
    if isinstance(found, ErrorItemNotFound | ErrorInvalidIdMalformed):
        return None
    if isinstance(found, Exception):
        raise found
    return bool(found.is_draft)
