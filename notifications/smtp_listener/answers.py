"""What the listener answers. A client gets nothing else, whatever happens."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """`code` begins with the reply code; the text is English, as the protocol has it."""

    code: str
    text: str

    def __str__(self) -> str:
        return f"{self.code} {self.text}"


class Refused(Exception):  # noqa: N818 - reads as what it is
    """A command is refused with this answer. `why` is for the log, where that should say more."""

    def __init__(self, answer: Answer, why: str = "") -> None:
        super().__init__(str(answer))
        self.answer = answer
        self.why = why


OK = Answer("250 2.0.0", "OK")
SENDER_OK = Answer("250 2.1.0", "OK")
RECIPIENT_OK = Answer("250 2.1.5", "OK")
DRY_RUN = Answer("250 2.0.0", "Dry run, accepted and not sent")
SIGNED_IN = Answer("235 2.7.0", "Authentication succeeded")
BYE = Answer("221 2.0.0", "Bye")
GO_ON = Answer("354", "End data with <CR><LF>.<CR><LF>")
START_TLS = Answer("220 2.0.0", "Ready to start TLS")

SHUTTING_DOWN = Answer("421 4.3.2", "Shutting down, try again later")
TOO_MANY_CONNECTIONS = Answer("421 4.3.2", "Too many connections, try again later")
MUST_WAIT = Answer("421 4.7.0", "Too many wrong passwords, try again in 15 minutes")
TOO_SLOW = Answer("421 4.4.2", "Timeout, closing the connection")
UNAVAILABLE = Answer("451 4.3.0", "Not available at the moment, try again later")
PRACTICE = Answer("451 4.3.0", "Practice mode: mail is taken from this machine only")
ELSEWHERE = Answer("451 4.3.0", "This installation does not send mail, try again later")
TOO_MANY_WAIT = Answer("452 4.3.1", "Too many messages wait, try again later")
TOO_MANY_RECIPIENTS = Answer("452 4.5.3", "Too many recipients")
DAY_IS_FULL = Answer("452 4.5.3", "Too many recipients today")
CANNOT_CHECK = Answer("454 4.7.0", "Sign-in cannot be checked at the moment, try again later")
NO_TLS = Answer("454 4.7.0", "TLS is not available")

BAD_SYNTAX = Answer("500 5.5.2", "Command not understood")
UNKNOWN = Answer("502 5.5.1", "Command not known")
BAD_ARGUMENT = Answer("501 5.5.4", "Argument not understood")
BAD_SENDER = Answer("501 5.1.7", "Not an e-mail address")
BAD_RECIPIENT = Answer("501 5.1.3", "Not an e-mail address")
BAD_ORDER = Answer("503 5.5.1", "Command out of order")
SIGNED_IN_ALREADY = Answer("503 5.5.1", "Already signed in")
UNKNOWN_MECHANISM = Answer("504 5.5.4", "Only PLAIN and LOGIN are known")
SIGN_IN_FIRST = Answer("530 5.7.0", "Authentication required")
WRONG_PASSWORD = Answer("535 5.7.8", "User name or password wrong")
ENCRYPT_FIRST = Answer("538 5.7.11", "Encryption required for authentication")
SENDER_NOT_ALLOWED = Answer("550 5.7.1", "Sender address not allowed for this client")
RECIPIENT_NOT_ALLOWED = Answer("550 5.7.1", "Recipient's domain not allowed for this client")
SUPPRESSED = Answer("550 5.7.1", "All recipients are on the suppression list")
NETWORK_NOT_ALLOWED = Answer("550 5.7.1", "Network not allowed for this client")
HEADER_NAMES_OTHERS = Answer(
    "550 5.7.1", "The header names recipients that are not in the envelope"
)
TOO_LARGE = Answer("552 5.3.4", "Message too large")
ATTACHMENTS_TOO_LARGE = Answer("552 5.3.4", "Attachments larger than the limit")
SEALED_AND_TOO_LARGE = Answer("552 5.3.4", "Signed or encrypted message too large")
TOO_MUCH_TEXT = Answer("552 5.3.4", "The text of the message is too large")
NO_MESSAGE = Answer("554 5.6.0", "Cannot be read as a message")
LOOP = Answer("554 5.4.6", "Too many Received lines, mail loop")


def queued(number: int | None, *, before: bool = False) -> Answer:
    text = "Queued before as" if before else "Queued as"
    return Answer("250 2.0.0", f"{text} {number}")
