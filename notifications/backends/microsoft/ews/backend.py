"""Sending through Exchange Web Services: CreateItem (SaveOnly), SendItem, and GetItem after a
doubt.

Sources: "CreateItem operation (email message)", "SendItem operation" and "EWS throttling in
Exchange" in Microsoft's EWS reference.
"""

import queue
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from exchangelib import Mailbox, Message
from exchangelib.errors import ErrorInvalidIdMalformed, ErrorItemNotFound
from exchangelib.folders import Drafts, SentItems

from notifications.backends.base import AccountInfo, Checkpoint, MailBackend, Outcome, Receipt
from notifications.backends.errors import PermanentError, SendError
from notifications.message.compose import compose
from notifications.message.message import Composed, MailMessage

from .connections import EwsConnection, requests_on

# Exchange Online takes 4 requests at once for a mailbox, as with Graph.
CONNECTIONS = 4
# An item's id and its change key.
_REFERENCE = re.compile(r"[!-~]{5,1000} [!-~]{5,1000}")


class EwsBackend(MailBackend):
    """The reference of a message is `<item id> <change key>`."""

    def __init__(
        self, url: str, *, mailbox: str, token: Callable[[], str], verify: str | bool = True
    ) -> None:
        self._mailbox = mailbox
        self._idle: queue.LifoQueue[EwsConnection] = queue.LifoQueue()
        self._connections = [
            EwsConnection(url, mailbox, token=token, verify=verify) for _ in range(CONNECTIONS)
        ]
        for connection in self._connections:
            self._idle.put(connection)

    def send(self, message: MailMessage, *, resume: str = "", checkpoint: Checkpoint) -> Receipt:
        composed = compose(message)
        reference = resume
        if not reference:
            with self._connection() as connection, requests_on(connection, submits=False):
                reference = _store(connection, message, composed)
            checkpoint(reference)
        with self._connection() as connection:
            self._submit(connection, reference)
            answer = connection.last_answer()
        return Receipt(answer, composed.charset, len(composed.mime), composed.note)

    def settle(self, reference: str, *, message_id: str) -> Outcome:
        with self._connection() as connection, requests_on(connection, submits=False):
            is_draft = _is_draft(connection, reference) if reference else None
            if is_draft is not None:
                return Outcome.NOT_SENT_YET if is_draft else Outcome.SENT
            # Asked for by GetFolder: FindItem wants a folder that has its id.
            folder = SentItems.get_distinguished(root=connection.root)
            found = folder.filter(message_id=message_id).exists()
            if found:
                return Outcome.SENT
            return Outcome.UNKNOWN if reference else Outcome.NOT_SENT_YET

    def check(self) -> AccountInfo:
        with self._connection() as connection, requests_on(connection, submits=False):
            Drafts.get_distinguished(root=connection.root)
        return AccountInfo(self._mailbox, mailbox_checked=True)

    def close(self) -> None:
        for connection in self._connections:
            connection.close()

    @contextmanager
    def _connection(self) -> Iterator[EwsConnection]:
        connection = self._idle.get()
        try:
            yield connection
        finally:
            self._idle.put(connection)

    def _submit(self, connection: EwsConnection, reference: str) -> None:
        item = _item(connection, reference)
        try:
            with requests_on(connection, submits=True):
                item.send(copy_to_folder=SentItems(root=connection.root))
        except PermanentError:
            # It will never be sent: do not leave it lying in the mailbox.
            with suppress(SendError), requests_on(connection, submits=False):
                _item(connection, reference).delete()
            raise


def _store(connection: EwsConnection, message: MailMessage, composed: Composed) -> str:
    """A draft of the MIME. exchangelib sends its own defaults beside it, so what it would
    override is given again."""
    item = Message(
        account=connection.account,
        folder=Drafts(root=connection.root),
        mime_content=composed.mime,
        importance=message.importance.value.capitalize(),
    )
    if not message.from_.same_mailbox(message.sender.address):
        item.author = Mailbox(name=message.from_.name or None, email_address=message.from_.address)
    item.save()
    reference = f"{item.id} {item.changekey}"
    if not _REFERENCE.fullmatch(reference):
        raise ValueError("CreateItem gave no usable id")
    return reference


def _item(connection: EwsConnection, reference: str) -> Message:
    item_id, _space, change_key = reference.partition(" ")
    return Message(
        account=connection.account,
        folder=Drafts(root=connection.root),
        id=item_id,
        changekey=change_key,
    )


def _is_draft(connection: EwsConnection, reference: str) -> bool | None:
    """None where the item is gone: sending moves it, and it gets another id."""
    item_id, _space, change_key = reference.partition(" ")
    (found,) = connection.account.fetch(ids=[(item_id, change_key)], only_fields=["is_draft"])
    if isinstance(found, ErrorItemNotFound | ErrorInvalidIdMalformed):
        return None
    if isinstance(found, Exception):
        raise found
    return bool(found.is_draft)
