"""A backend that answers what a test wants to hear."""

from threading import Event

from notifications.backends.base import Outcome, Receipt
from notifications.backends.errors import Answer
from tests.waiting import PATIENCE

ACCEPTED = Receipt(Answer(202), "utf-8", 100)
# No database takes half a character; the charset is a column of the log.
UNSTORABLE = Receipt(Answer(202), "utf-8\ud800", 100)


class Backend:
    """Messages are answered by their subject: with an outcome, or once an Event is set."""

    def __init__(self):
        self.by_subject, self.settled = {}, {}

    def send(self, message, *, resume="", checkpoint):
        answer = self.by_subject.get(message.subject, ACCEPTED)
        if isinstance(answer, str):
            checkpoint(answer)
            return ACCEPTED
        checkpoint(f"draft of {message.subject}")
        if isinstance(answer, Event):
            answer.wait(PATIENCE)
            return ACCEPTED
        if isinstance(answer, Exception):
            raise answer
        return answer

    def settle(self, reference, *, message_id):
        outcome = self.settled.get(reference, Outcome.SENT)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def close(self):
        pass
