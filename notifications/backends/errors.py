"""Why a message did not go. Every backend raises these and nothing else.

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
    """What came back from Microsoft, kept for the log. Empty where nothing came back.

    `status` is the HTTP status (0 = no answer); `code` Microsoft's own code, such as
    `ErrorSendAsDenied` or `AADSTS700082`, or a code of ours for failures on the way
    (`ConnectionRefused`, see explanations/network.py); the two ids are those of the headers
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
    """Certainly not sent: refused, not connected, not written."""


class UnknownOutcomeError(SendError):
    """The request was written, the answer is missing or says nothing certain."""


class ThrottledError(SendError):
    """Certainly not sent; `retry_after` is None where Microsoft named no time."""

    def __init__(self, answer: Answer, *, retry_after: timedelta | None = None) -> None:
        super().__init__(answer)
        self.retry_after = retry_after


class AuthError(SendError):
    """The account needs a new sign-in, or the application a new credential."""
