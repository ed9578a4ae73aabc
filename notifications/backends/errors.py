"""The reasons why a message did not go. Every backend raises these and nothing else.

SendError                   has an Answer: what Microsoft said, word for word
+-- PermanentError          this message will never go; others may
+-- TransientError          certainly not sent; worth another try later
+-- UnknownOutcomeError     may have been sent; must be settled before another try
+-- ThrottledError          certainly not sent; the whole mailbox has to rest
+-- AuthError               the token, the sign-in or the application's credential is refused
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

LONGEST_MESSAGE = 2000
_LONGEST_CODE = 100  # as the columns of the log have it
_HIGHEST_STATUS = 999
_UNAUTHORIZED = 401


@dataclass(frozen=True, slots=True)
class Answer:
    """Microsoft's answer, kept for the log. It is empty if nothing came back.

    `status` is the HTTP status (0 = no answer). `code` is Microsoft's own code, such as
    `ErrorSendAsDenied` or `AADSTS700082`, or a code of ours for failures on the way
    (`ConnectionRefused`, see explanations/network.py). The two ids are those of the headers
    `request-id` and `client-request-id`.

    Words of another system become ours here, whoever they came from: each text is one line that
    every database and terminal takes, and no longer than its column. What is no text is dropped.
    """

    status: int = 0
    code: str = ""
    message: str = ""
    request_id: str = ""
    client_request_id: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.status, int) or not 0 <= self.status <= _HIGHEST_STATUS:
            object.__setattr__(self, "status", 0)
        for name in ("code", "request_id", "client_request_id"):
            object.__setattr__(self, name, line(getattr(self, name), _LONGEST_CODE))
        object.__setattr__(self, "message", line(self.message, LONGEST_MESSAGE))


def line(value: Any, longest: int) -> str:
    """Return what another system said as one line: control characters, half characters and
    direction marks are replaced. A number becomes text, and anything else that is no text is ""."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return ""
    text = value[:longest]
    if text.isprintable():
        return text
    return "".join(
        each if each.isprintable() else " " if each.isspace() else "\N{REPLACEMENT CHARACTER}"
        for each in text
    )


class SendError(Exception):
    """The message was not (certainly) accepted."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.code or str(answer.status))
        self.answer = answer


class PermanentError(SendError):
    """This message cannot be sent as it is. It says nothing about others."""


class TransientError(SendError):
    """The message was certainly not sent: refused, not connected, not written. It says nothing
    about the account, which stays as it is."""


class UnknownOutcomeError(SendError):
    """The request to send was written, but the answer is missing, says nothing certain, or is not
    Microsoft's."""


class ThrottledError(SendError):
    """The message was certainly not sent; `retry_after` is None if Microsoft named no time."""

    def __init__(self, answer: Answer, *, retry_after: timedelta | None = None) -> None:
        super().__init__(answer)
        self.retry_after = retry_after


class AuthError(SendError):
    """The account needs a new sign-in, or the application a new credential, unless only the access
    token was refused. Microsoft itself said so: no answer of a proxy or a filter becomes this."""

    @property
    def is_of_token(self) -> bool:
        """Say whether the mail service refused the access token (401, whatever the code): a
        renewal may help, and a person has to act only if the renewed token is refused as well."""
        return self.answer.status == _UNAUTHORIZED
