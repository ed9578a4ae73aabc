"""A log entry, from a message and what was answered. Nothing is written."""

from datetime import timedelta

from notifications.backends.base import Receipt
from notifications.backends.errors import Answer
from notifications.log import entries
from notifications.log.entries import AttemptFacts
from notifications.models import Notification
from notifications.models.attempt import Result
from tests import factories

ANSWER = Answer(202, "", "", "request", "ours")
REFUSED = Answer(403, "ErrorSendAsDenied", "no right to send on behalf")


def facts(**changes):
    message = factories.message(subject="Hi", **changes)
    return AttemptFacts(message, "graph", "host:1", timedelta(milliseconds=1234.5))


def test_an_accepted_attempt_has_no_error_and_what_the_receipt_says(now):
    receipt = Receipt(ANSWER, "utf-8", 2048, "a note")

    entry = facts().entry(
        Result.ACCEPTED, ANSWER, now=now, notification=Notification(subject="Hi"), receipt=receipt
    )

    assert (entry.is_test, entry.error, entry.note) == (False, "", "a note")
    assert (entry.size, entry.charset, entry.duration_ms) == (2048, "utf-8", 1234)
    assert (entry.api, entry.worker, entry.request_id) == ("graph", "host:1", "request")


def test_an_attempt_without_a_notification_is_a_test(now):
    entry = facts().entry(Result.FAILED, REFUSED, now=now)

    assert entry.is_test
    assert entry.subject == "Hi"
    assert entry.error == "The account isn't allowed to send from this address."
    assert (entry.code, entry.message) == ("ErrorSendAsDenied", "no right to send on behalf")


def test_the_subject_of_a_sensitive_notification_is_not_in_its_entry(now):
    row = Notification(subject="Secret", sensitive=True)

    entry = facts().entry(Result.ACCEPTED, ANSWER, now=now, notification=row)

    assert entry.subject == "(sensitive)"


def test_a_refusal_has_what_was_handed_in_and_by_whom(now):
    row = Notification(to=["a@contoso.example"], bcc=["b@contoso.example"], initiator="megan")

    entry = entries.refusal(row, error="Too large.", code="TooLarge", account="desk@x", now=now)

    assert (entry.result, entry.is_test, entry.error) == (Result.REFUSED, False, "Too large.")
    assert entry.recipients == "a@contoso.example, b@contoso.example"
    assert entry.note == "Initiator: megan"
