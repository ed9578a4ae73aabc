"""What is said where the message trace was not told: nothing about sending, which goes on."""

import pytest

from notifications.backends.errors import Answer
from notifications.backends.explanations.tracing import USED_UP, explain_trace, words_of


def said(status, code="", message=""):
    told = explain_trace(Answer(status, code, message), translate=str)
    return f"{told.happened} {told.why} {told.what_to_do}"


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (500, "InternalServerError"), (503, ""), (504, "UnknownError"), (502, "UnexpectedAnswer"),
        (400, "BadRequest"), (409, "Conflict"), (401, "InvalidAuthenticationToken"),
        (401, "Unauthorized"), (0, "ReadTimeout"), (0, "NoResponse"), (200, ""),
    ],
)  # fmt: skip
def test_a_question_that_was_not_answered_says_nothing_of_a_message(status, code):
    text = said(status, code)
    for wrong in ("accept the message", "not sent", "the notification", "Sending then resumes"):
        assert wrong not in text


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((401, "Unauthorized", "Service principal-less Authentication failed: …"), "trace app"),
        ((401, "Unauthorized"), "access token for the message trace"),
        ((403, "Forbidden"), "has not consented"),
        ((429, "TooManyRequests"), "other tools share this limit"),
        ((401, "AADSTS7000222"), "The client secret has expired."),
        ((0, "ConnectionFailed"), "Can't reach Microsoft."),
        ((503, ""), "did not answer the question"),
    ],
)
def test_each_answer_has_its_explanation(answer, words):
    assert words in said(*answer)


def test_the_words_of_whoever_answered_are_shown_and_not_ours():
    assert words_of(Answer(401, "AADSTS7000229", "AADSTS7000229: no principal")) != ""
    assert words_of(Answer(code=USED_UP, message="Not asked: …")) == ""
