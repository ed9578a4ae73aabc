"""Sending through Microsoft Graph v1.0: by a draft, which shows whether it went out, or directly.

Sources: "user: sendMail", "Create message", "message: send", "Get immutable identifiers
for Outlook resources" in the Microsoft Graph REST API reference.
"""

import base64
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import requests

from notifications.backends.base import AccountInfo, Checkpoint, MailBackend, Outcome, Receipt
from notifications.backends.errors import Answer, PermanentError, SendError, UnknownOutcomeError
from notifications.backends.microsoft.answers import ids_of, json_object
from notifications.message.addresses import Address
from notifications.message.compose import compose
from notifications.message.inline import with_inline_files
from notifications.message.message import Composed, File, MailMessage
from notifications.message.raw.taken_apart import SealedMessage, take_apart

from .answers import read, read_id
from .attachments import complete, count
from .http import GraphHttp
from .sizes import LARGEST_MIME, split

# A message that was handed to sendMail has this reference: there is nothing to look up.
DIRECT = "direct"
# A carried message that fits into no request any more: the settings have changed since.
TOO_LARGE_TO_CARRY = "TooLargeToCarry"
_ACCEPTED = 202
_NOT_FOUND = 404


class GraphBackend(MailBackend):
    """`by_draft` needs the permission Mail.ReadWrite; otherwise Mail.Send is enough. Messages
    larger than `largest_mime` bytes get their files one by one, in the draft."""

    def __init__(
        self, http: GraphHttp, *, mailbox: str, by_draft: bool, largest_mime: int = LARGEST_MIME
    ) -> None:
        self._http = http
        self._largest_mime = largest_mime
        self._mailbox = mailbox
        self._by_draft = by_draft

    def send(self, message: MailMessage, *, resume: str = "", checkpoint: Checkpoint) -> Receipt:
        if not self._by_draft:
            return self._send_direct(self._in_one_request(message), checkpoint)
        composed, within, after = self._in_pieces(message)
        draft, done = resume, 0
        if resume in ("", DIRECT):
            draft = self._store_draft(message, composed)
            checkpoint(draft)
        elif after:
            done = max(0, count(self._http, _message_path(draft)) - len(within))
        with self._discarding(draft):
            complete(self._http, _message_path(draft), after, done=done)
            return self._submit(draft, composed, extra=sum(file.size for file in after))

    def settle(self, reference: str, *, message_id: str) -> Outcome:
        if not self._by_draft:
            return Outcome.UNKNOWN
        if not reference:
            found = self._is_in_sent_items(message_id)
            return Outcome.SENT if found else Outcome.NOT_SENT_YET
        if reference != DIRECT:
            with suppress(PermanentError):  # it is gone, or was never in this mailbox
                response = self._http.call(
                    "GET", f"{_message_path(reference)}?$select=isDraft", expect=(200, 404)
                )
                if response.status_code != _NOT_FOUND:
                    is_draft = read(response, "isDraft", bool)
                    return Outcome.NOT_SENT_YET if is_draft else Outcome.SENT
        return Outcome.SENT if self._is_in_sent_items(message_id) else Outcome.UNKNOWN

    def check(self) -> AccountInfo:
        if self._by_draft:
            self._http.call("GET", "/me/mailFolders/drafts?$select=id", expect=(200,))
        return AccountInfo(self._mailbox, mailbox_checked=self._by_draft)

    def close(self) -> None:
        self._http.close()

    def _in_one_request(self, message: MailMessage) -> Composed:
        if message.raw and message.raw.size > self._largest_mime:
            raise PermanentError(Answer(code=TOO_LARGE_TO_CARRY))
        return compose(message)

    def _in_pieces(self, message: MailMessage) -> tuple[Composed, list[File], list[File]]:
        """Return the MIME of the draft, the files that are in it, and those that it gets later."""
        note = ""
        if message.raw:
            if message.raw.size <= self._largest_mime:
                return compose(message), [], []
            try:
                message, note = take_apart(message)
            except SealedMessage as error:
                raise PermanentError(Answer(code=TOO_LARGE_TO_CARRY)) from error
        message = with_inline_files(message)
        within, after = split(message, largest=self._largest_mime)
        composed = compose(replace(message, files=tuple(within)))
        return replace(composed, note=composed.note or note), within, after

    def _send_direct(self, composed: Composed, checkpoint: Checkpoint) -> Receipt:
        checkpoint(DIRECT)
        response = self._http.call(
            "POST", "/me/sendMail", mime=_encoded(composed), submits=True, expect=(_ACCEPTED,)
        )
        return _receipt(response, composed)

    def _store_draft(self, message: MailMessage, composed: Composed) -> str:
        response = self._http.call("POST", "/me/messages", mime=_encoded(composed), expect=(201,))
        reference = read_id(response, "id")
        if _shows_another_sender(json_object(response), message):
            self._set_from(reference, message.from_)
        return reference

    def _set_from(self, draft: str, address: Address) -> None:
        wanted = {"emailAddress": {"name": address.name, "address": address.address}}
        self._http.call("PATCH", _message_path(draft), fields={"from": wanted}, expect=(200,))

    def _submit(self, draft: str, composed: Composed, *, extra: int) -> Receipt:
        response = self._http.call(
            "POST", f"{_message_path(draft)}/send", submits=True, expect=(_ACCEPTED,)
        )
        return _receipt(response, composed, extra=extra)

    @contextmanager
    def _discarding(self, draft: str) -> Iterator[None]:
        """Delete a draft that will never be sent, so that it does not stay in the mailbox."""
        try:
            yield
        except PermanentError as error:
            if self._has_left(draft):
                # Another worker told it to go meanwhile; it is in Sent Items and must not be
                # deleted.
                raise UnknownOutcomeError(error.answer) from error
            with suppress(SendError):
                self._http.call("DELETE", _message_path(draft), expect=(204, 404))
            raise

    def _has_left(self, draft: str) -> bool:
        with suppress(SendError):
            path = f"{_message_path(draft)}?$select=isDraft"
            return not read(self._http.call("GET", path, expect=(200,)), "isDraft", bool)
        return False

    def _is_in_sent_items(self, message_id: str) -> bool:
        literal = message_id.replace("'", "''")
        query = quote(f"internetMessageId eq '{literal}'", safe="")
        response = self._http.call(
            "GET",
            f"/me/mailFolders/sentitems/messages?$filter={query}&$select=id&$top=1",
            expect=(200,),
        )
        return bool(read(response, "value", list))


def _message_path(message: str) -> str:
    return f"/me/messages/{quote(message, safe='')}"


def _encoded(composed: Composed) -> bytes:
    return base64.b64encode(composed.mime)


def _shows_another_sender(draft: dict[str, Any], message: MailMessage) -> bool:
    """Compare the From; the mailbox's permissions decide whether Exchange keeps the MIME's."""
    shown: Any = draft
    for name in ("from", "emailAddress", "address"):
        shown = shown.get(name) if isinstance(shown, dict) else None
    is_told = isinstance(shown, str) and shown
    return not message.from_.same_mailbox(shown if is_told else message.sender.address)


def _receipt(response: requests.Response, composed: Composed, *, extra: int = 0) -> Receipt:
    return Receipt(ids_of(response), composed.charset, len(composed.mime) + extra, composed.note)
