"""The reasons why a message did not go. Every backend raises these and nothing else.

SendError                   has an Answer: what Microsoft said, word for word
+-- PermanentError          this message will never go; others may
+-- TransientError          certainly not sent; worth another try later
+-- UnknownOutcomeError     may have been sent; must be settled before another try
+-- ThrottledError          certainly not sent; the whole mailbox has to rest
+-- AuthError               the sign-in or the application's credential no longer works
"""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Answer:
    """Microsoft's answer, kept for the log. It is empty if nothing came back.

    `status` is the HTTP status (0 = no answer). `code` is Microsoft's own code, such as
    `ErrorSendAsDenied` or `AADSTS700082`, or a code of ours for failures on the way
    (`ConnectionRefused`, see explanations/network.py). The two ids are those of the headers
    `request-id` and `client-request-id`.
    """

    status: int = 0
    code: str = ""
    message: str = ""
    request_id: str = ""
    client_request_id: str = ""


class SendError(Exception):
    """The message was not (certainly) accepted."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.code or str(answer.status))
        self.answer = answer


class PermanentError(SendError):
    """This message cannot be sent as it is."""


class TransientError(SendError):
    """The message was certainly not sent: refused, not connected, not written."""


class UnknownOutcomeError(SendError):
    """The request was written, but the answer is missing or says nothing certain."""


class ThrottledError(SendError):
    """The message was certainly not sent; `retry_after` is None if Microsoft named no time."""

    def __init__(self, answer: Answer, *, retry_after: timedelta | None = None) -> None:
        super().__init__(answer)
        self.retry_after = retry_after


class AuthError(SendError):
    """The account needs a new sign-in, or the application a new credential."""
